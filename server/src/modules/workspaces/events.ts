import { Type } from 'typebox'
import { defineEvent } from '../../kernel/events.ts'
import { Workspace } from './schema.ts'

export const workspaceUpdated = defineEvent('workspace.updated', {
  scope: 'workspaces:read',
  summary: 'Its name, plan, limit, country, time zone or language changed.',
  data: Type.Object({ workspace: Workspace }),
})
