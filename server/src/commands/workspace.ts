/** `antiphon workspace …` */
import type { Config } from '../config.ts'
import type { Workspace, WorkspaceInput } from '../modules/workspaces/schema.ts'
import * as workspaces from '../modules/workspaces/service.ts'
import type { Answer } from './command.ts'
import { withKernel } from './session.ts'

export interface WorkspaceFlags {
  readonly name?: string
  readonly plan?: WorkspaceInput['plan']
  readonly country?: string
  readonly timeZone?: string
  readonly locale?: string
  /** 0 is unlimited, null the plan's own. */
  readonly requestsPerMinute?: number | null
}

export function create(config: Config, flags: WorkspaceFlags & { name: string }): Promise<Answer> {
  return withKernel(config, async ({ system }) => {
    const workspace = await workspaces.create(system(null), { ...input(flags), name: flags.name })
    return { json: brief(workspace), text: sentence('Made', workspace) }
  })
}

export function update(config: Config, id: string, flags: WorkspaceFlags): Promise<Answer> {
  return withKernel(config, async ({ system }) => {
    const workspace = await workspaces.update(system(id), id, input(flags))
    return { json: workspace, text: sentence('Changed', workspace) }
  })
}

export function list(config: Config): Promise<Answer> {
  return withKernel(config, async ({ system }) => {
    const data = await workspaces.list(system(null))
    return { json: { object: 'list', data }, text: data.map(line).join('\n') || 'There is no workspace yet.' }
  })
}

function input(flags: WorkspaceFlags): Partial<WorkspaceInput> {
  const { name, plan, country, timeZone: time_zone, locale, requestsPerMinute: requests_per_minute } = flags
  const given = { name, plan, country, time_zone, locale, requests_per_minute }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function brief({ id, number, name, plan, sandbox_id }: Workspace): object {
  return { id, number, name, plan, sandbox_id }
}

function sentence(done: string, { id, number, name, plan, sandbox_id }: Workspace): string {
  return `${done} workspace ${number}, ${name} (${plan}).\n  id       ${id}\n  sandbox  ${sandbox_id}`
}

function line({ id, number, name, plan }: Workspace): string {
  return `${String(number).padStart(4)}  ${id}  ${plan.padEnd(8)}  ${name}`
}
