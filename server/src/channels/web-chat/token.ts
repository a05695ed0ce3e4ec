/** The visitor's token: `vt_<payload>.<signature>`; it names a session and until when, and nobody else can make one. */
import type { Kernel } from '../../kernel/kernel.ts'
import { DAY } from '../../kernel/time.ts'

export interface VisitorToken {
  readonly workspace_id: string
  readonly inbox_id: string
  readonly session_id: string
  readonly issued_at: Date
}

export const LIFE = 90 * DAY
const RENEWED_AFTER = 1 * DAY
const PURPOSE = 'visitor'

export function makeToken(kernel: Kernel, token: VisitorToken): string {
  const fields = [token.workspace_id, token.inbox_id, token.session_id, token.issued_at.getTime()]
  const payload = Buffer.from(JSON.stringify(fields)).toString('base64url')
  return `vt_${payload}.${kernel.secrets.sign(PURPOSE, payload)}`
}

/** The token's content, or null for one that is forged, altered or past its time. */
export function readToken(kernel: Kernel, text: string, now: Date): VisitorToken | null {
  const [payload = '', signature = ''] = text.startsWith('vt_') ? text.slice(3).split('.') : []
  if (!payload || !kernel.secrets.verify(PURPOSE, payload, signature)) return null
  const [workspace_id, inbox_id, session_id, issued] = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const issued_at = new Date(issued)
  return now.getTime() - issued_at.getTime() > LIFE ? null : { workspace_id, inbox_id, session_id, issued_at }
}

export function isDueForRenewal(token: VisitorToken, now: Date): boolean {
  return now.getTime() - token.issued_at.getTime() > RENEWED_AFTER
}
