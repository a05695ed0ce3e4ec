/** The headers of a request to an endpoint that is no delivery: its own, and those that prove where it comes from. */
import type { Ctx } from '../../kernel/context.ts'
import { version } from '../../version.ts'
import { maskHeaders } from './headers.ts'
import type { Row } from './schema.ts'
import { keysOf, openHeaders, sign } from './signing.ts'

/** As they are sent, and as they may be shown: without the values the endpoint's owner gave. */
export function signed(
  ctx: Ctx,
  webhook: Row,
  message: { readonly id: string; readonly at: Date; readonly body: string },
): { sent: Record<string, string>; shown: Record<string, string> } {
  const ours = {
    'user-agent': `Antiphon/${version}`,
    'content-type': 'application/json',
    accept: 'application/json',
    ...sign(keysOf(ctx, webhook.secrets, message.at), message),
  }
  return {
    sent: { ...openHeaders(ctx, webhook.headers), ...ours },
    shown: { ...maskHeaders(webhook.headers), ...ours },
  }
}
