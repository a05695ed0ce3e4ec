/** Finds what is to be a link in plain text. Only what says so itself: `http(s)://`, `www.` and e-mail addresses. */

export interface Span {
  text: string
  /** Null: just text. */
  href: string | null
}

const CANDIDATE = /(?:https?:\/\/|www\.)[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi

const OPENING = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
])

export function findLinks(text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  for (const match of text.matchAll(CANDIDATE)) {
    const link = trim(match[0])
    const href = address(link)
    if (!href) continue
    if (match.index > from) spans.push({ text: text.slice(from, match.index), href: null })
    spans.push({ text: link, href })
    from = match.index + link.length
  }
  if (from < text.length) spans.push({ text: text.slice(from), href: null })
  return spans
}

/** An address a visitor may follow from a message, or null: no script, no data, nothing of this page. */
export function safeHref(href: string | null): string | null {
  if (!href || !URL.canParse(href)) return null
  return /^(?:https?|mailto|tel):$/.test(new URL(href).protocol) ? href : null
}

/** Punctuation at the end belongs to the sentence; a closing bracket to the link only if it opens there. */
function trim(candidate: string): string {
  let link = candidate
  for (;;) {
    const last = link.at(-1) ?? ''
    const opening = OPENING.get(last)
    const closes = opening !== undefined && count(link, last) > count(link, opening)
    if (!closes && !/[.,:;!?…*_~’”»]/.test(last)) return link
    link = link.slice(0, -1)
  }
}

function address(link: string): string | null {
  if (/^https?:/i.test(link)) return safeHref(link)
  if (/^www\./i.test(link)) return link.length > 6 && link.includes('.', 4) ? safeHref(`https://${link}`) : null
  return safeHref(`mailto:${link}`)
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}
