import type { Conversation, Priority } from './schema.ts'

/** What to call whoever a conversation is with. */
export function nameOf(
  contact: { name: string | null; email: string | null; phone?: string | null } | null | undefined,
): string {
  return contact?.name || contact?.email || contact?.phone || 'Visitor'
}

export const priorityNames: Record<Priority, string> = { low: 'Low', normal: 'Normal', high: 'High', urgent: 'Urgent' }

export const statusNames: Record<Conversation['status'], string> = {
  open: 'Open',
  pending: 'Pending',
  snoozed: 'Snoozed',
  resolved: 'Resolved',
  spam: 'Spam',
}
