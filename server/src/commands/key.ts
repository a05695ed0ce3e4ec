/** `antiphon key …` */

import type { Config } from '../config.ts'
import { notFound } from '../kernel/errors.ts'
import * as apiKeys from '../modules/api-keys/service.ts'
import type { Answer } from './command.ts'
import { requireWorkspace, withKernel } from './session.ts'

export interface NewKeyFlags {
  readonly workspace: string
  readonly name: string
  readonly scopes: string
  readonly test?: boolean
}

/** Prints every form of the one credential. It is shown this once. */
export function create(config: Config, flags: NewKeyFlags): Promise<Answer> {
  return withKernel(config, async (opened) => {
    const workspace = await requireWorkspace(opened, flags.workspace)
    const place = flags.test ? (workspace.sandbox_id ?? workspace.id) : workspace.id
    const scopes = flags.scopes
      .split(',')
      .map((scope) => scope.trim())
      .filter((scope) => scope !== '')
    const {
      id,
      bearer,
      ck,
      public_key,
      private_key,
      scopes: granted,
    } = await apiKeys.create(opened.system(place), { name: flags.name, scopes })
    return {
      json: { id, bearer, ck, public_key, private_key, scopes: granted },
      text: [
        `Made key ${id} (${granted.join(', ')}). It is shown this once, in every form it may be written:`,
        `  Authorization: Bearer ${bearer}`,
        `  ck            ${ck}`,
        `  Public-Key    ${public_key}`,
        `  Private-Key   ${private_key}`,
      ].join('\n'),
    }
  })
}

export function revoke(config: Config, id: string): Promise<Answer> {
  return withKernel(config, async ({ system }) => {
    const workspace_id = await apiKeys.workspaceOf(system(null), id)
    if (workspace_id === undefined) throw notFound({ detail: 'There is no such key.' })
    await apiKeys.revoke(system(workspace_id), id)
    return { json: { id, revoked: true }, text: `Key ${id} is revoked.` }
  })
}
