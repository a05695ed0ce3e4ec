import type { Message } from './schema.ts'

/** "Mia took this", "Theo assigned this to Mia", "Amara reopened this": who did it, and what. */
export function activityWords({ author, body, metadata }: Message): string {
  const { name } = author
  if (!name) return body
  const { action, to } = metadata
  if (action === 'assigned' && to === null) return `${name} gave this back`
  if (action === 'assigned' && to === author.id) return `${name} took this`
  const deed = `${body.charAt(0).toLocaleLowerCase()}${body.slice(1)}`
  if (action === 'assigned') return `${name} ${deed.replace('assigned', 'assigned this')}`
  if (action !== 'status') return `${name} ${deed}`
  return deed.startsWith('marked') ? `${name} ${deed.replace('marked', 'marked this')}` : `${name} ${deed} this`
}
