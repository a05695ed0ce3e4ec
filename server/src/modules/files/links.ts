/** Links to the bytes of files: good for an hour, for one file of one workspace. */
import type { Ctx } from '../../kernel/context.ts'
import { notFound, refusal } from '../../kernel/errors.ts'
import type { Access } from '../../kernel/http.ts'
import { HOUR, MINUTE, SECOND } from '../../kernel/time.ts'

export const fileLinkInvalid = refusal(
  'file_link_invalid',
  403,
  'This link has been altered or has ended. Ask for the file again.',
)

const PURPOSE = 'file-link'
const STEP = 5 * MINUTE
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A path under which the bytes are served. The same for some minutes, so that a browser fetches a picture once. */
export function signUrl(ctx: Ctx, file: { readonly id: string }): string {
  const until = Math.floor((ctx.now().getTime() + HOUR) / STEP) * (STEP / SECOND)
  const signature = ctx.kernel.secrets.sign(PURPOSE, subject(ctx.workspace_id, file.id, until))
  return `/files/${ctx.workspace_id}/${file.id}?until=${until}&signature=${signature}`
}

/** Whoever has the link may read the file it was made for, until it ends. */
export const link: Access = {
  scheme: 'none',
  authenticate: async ({ raw, params, kernel, now }) => {
    const { workspace_id = '', id = '' } = params
    if (!UUID.test(workspace_id) || !UUID.test(id)) throw notFound()
    const query = new URL(raw.url ?? '', 'http://localhost').searchParams
    const until = Number(query.get('until'))
    const isSigned = kernel.secrets.verify(PURPOSE, subject(workspace_id, id, until), query.get('signature') ?? '')
    if (!isSigned || until * SECOND <= now().getTime()) throw fileLinkInvalid()
    const actor = { type: 'system', id: null, name: null } as const
    return { workspace_id, actor, user_id: null, scopes: new Set(), buckets: [], credential: 'link' }
  },
}

function subject(workspace_id: string, id: string, until: number): string {
  return `${workspace_id}\n${id}\n${until}`
}
