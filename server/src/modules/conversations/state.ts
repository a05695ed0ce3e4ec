/**
 * The states of a conversation.
 *
 * `open` is where it begins and where every customer's reply brings it back, but for `spam`, which stays spam.
 * An outgoing message opens what was resolved or snoozed; it leaves `pending`, which waits for the customer anyway.
 * Notes and activity change nothing. `snoozed` has an end; `resolved` has a time, which reopening clears.
 */
import { invalidField } from '../../kernel/errors.ts'
import type { Status } from './schema.ts'

const REOPENED_BY = {
  incoming: ['pending', 'snoozed', 'resolved'],
  outgoing: ['snoozed', 'resolved'],
  note: [],
} as const satisfies Record<string, readonly Status[]>

export type Spoken = keyof typeof REOPENED_BY

/** Whether a message of this type makes a conversation of this status open again. */
export function reopens(type: Spoken, status: Status): boolean {
  const statuses: readonly Status[] = REOPENED_BY[type]
  return statuses.includes(status)
}

export interface StateChange {
  readonly status: Status
  readonly resolved_at: Date | null
  readonly snoozed_until: Date | null
}

/** What becomes of the row when it takes a status. Refuses a snooze without an end, or with one that has passed. */
export function enter(status: Status, now: Date, snoozed_until: string | null | undefined): StateChange {
  if (status !== 'snoozed') {
    if (snoozed_until)
      throw invalidField('/snoozed_until', 'not_snoozed', 'Only a snoozed conversation has an end of its snooze.')
    return { status, resolved_at: status === 'resolved' ? now : null, snoozed_until: null }
  }
  if (!snoozed_until) throw invalidField('/snoozed_until', 'required', 'Say until when it is snoozed.')
  const until = new Date(snoozed_until)
  if (!(until.getTime() > now.getTime())) throw invalidField('/snoozed_until', 'past', 'This time has passed.')
  return { status, resolved_at: null, snoozed_until: until }
}
