/** On whose pages the widget's frame may stand: the inbox's domains, as `frame-ancestors` of a CSP writes them. */
import type { Kernel } from '../../kernel/kernel.ts'
import { findInbox } from './access.ts'

/** Null when there is no such web chat. */
export async function frameAncestors(
  kernel: Kernel,
  inbox_id: string,
  now: () => Date,
): Promise<readonly string[] | null> {
  const inbox = await findInbox(kernel, inbox_id, now)
  if (!inbox) return null
  const domains = inbox.settings.allowed_domains
  if (domains.length === 0) return ['*']
  return ["'self'", ...domains.flatMap((domain) => [`http://${domain}:*`, `https://${domain}:*`])]
}
