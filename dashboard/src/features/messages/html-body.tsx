/** HTML that came from outside, cleaned once more before it is shown. Loaded only where a message has any. */
import purify from 'dompurify'
import { useMemo } from 'react'
import { prose } from './message-body.tsx'

const allowed = {
  ALLOWED_TAGS: [
    'a',
    'b',
    'blockquote',
    'br',
    'code',
    'del',
    'div',
    'em',
    'h1',
    'h2',
    'h3',
    'h4',
    'hr',
    'i',
    'li',
    'ol',
    'p',
    'pre',
    's',
    'span',
    'strong',
    'sub',
    'sup',
    'table',
    'tbody',
    'td',
    'th',
    'thead',
    'tr',
    'u',
    'ul',
  ],
  ALLOWED_ATTR: ['href', 'title', 'dir', 'lang', 'colspan', 'rowspan'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
}

purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return
  node.setAttribute('target', '_blank')
  node.setAttribute('rel', 'noopener noreferrer nofollow')
})

export default function HtmlBody({ html }: { html: string }) {
  const clean = useMemo(() => purify.sanitize(html, allowed), [html])
  return (
    // biome-ignore lint/security/noDangerouslySetInnerHtml: cleaned in the line above, and by the server before it was stored.
    <div dir="auto" className={`${prose} html-body`} dangerouslySetInnerHTML={{ __html: clean }} />
  )
}
