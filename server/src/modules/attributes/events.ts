import { Type } from 'typebox'
import { defineEvent } from '../../kernel/events.ts'
import { Tag } from './schema.ts'

const scope = 'tags:read'
const data = Type.Object({ tag: Tag })

export const tagCreated = defineEvent('tag.created', {
  scope,
  summary: 'A tag was made, by itself or by its first use.',
  data,
})
export const tagUpdated = defineEvent('tag.updated', {
  scope,
  summary: 'It has another name or color. What carries it follows, each with an event of its own.',
  data,
})
export const tagDeleted = defineEvent('tag.deleted', {
  scope,
  summary: 'It was taken off everything that carried it.',
  data,
})
