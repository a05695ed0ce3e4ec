import { Type } from 'typebox'
import { defineEvent } from '../../kernel/events.ts'
import { Contact } from './schema.ts'

const scope = 'contacts:read'
const data = Type.Object({ contact: Contact })

export const contactCreated = defineEvent('contact.created', { scope, summary: 'Somebody new is known.', data })
export const contactUpdated = defineEvent('contact.updated', {
  scope,
  summary: 'What is known of a contact changed, the time they were last seen included.',
  data,
})
export const contactIdentified = defineEvent('contact.identified', {
  scope,
  summary: 'A visitor said, or proved, who they are.',
  data,
})
export const contactDeleted = defineEvent('contact.deleted', {
  scope,
  summary: 'A contact was deleted; their identities are free.',
  data,
})
