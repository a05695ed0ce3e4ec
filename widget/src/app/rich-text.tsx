/** Message text as elements: plain text with its links, or the server's sanitised html through a list of what may pass. Nothing is ever set as markup. */
import { type ComponentChildren, h } from 'preact'
import { useMemo } from 'preact/hooks'
import { findLinks, safeHref } from './links.ts'

const PASSES = new Set([
  ...['p', 'br', 'b', 'strong', 'i', 'em', 'u', 's', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li'],
  ...['h1', 'h2', 'h3', 'h4', 'hr'],
])
const VANISHES = new Set([
  'script',
  'style',
  'template',
  'iframe',
  'object',
  'svg',
  'math',
  'title',
  'textarea',
  'select',
])
const DEEPEST = 32

export function RichText({ body, html }: { body: string; html: string | null }) {
  const shown = useMemo(() => (html ? fromHtml(html) : linked(body)), [body, html])
  return <div class={html ? 'rich' : 'plain'}>{shown}</div>
}

/** A parsed document of its own runs no script and loads no image. */
function fromHtml(html: string): ComponentChildren {
  return children(new DOMParser().parseFromString(html, 'text/html').body, 0)
}

function children(node: Node, depth: number): ComponentChildren[] {
  return depth > DEEPEST ? [node.textContent] : [...node.childNodes].map((child) => show(child, depth + 1))
}

function show(node: Node, depth: number): ComponentChildren {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent
  if (!(node instanceof Element)) return null
  const name = node.localName
  if (VANISHES.has(name)) return null
  if (name === 'br' || name === 'hr') return h(name, {})
  if (name === 'img') return node.getAttribute('alt')
  const inside = children(node, depth)
  const href = name === 'a' ? safeHref(node.getAttribute('href')) : null
  if (href) return <Link href={href}>{inside}</Link>
  return PASSES.has(name) ? h(name, { dir: name === 'p' || name === 'li' ? 'auto' : undefined }, inside) : inside
}

function linked(text: string): ComponentChildren[] {
  return findLinks(text).map((span) => (span.href ? h(Link, { href: span.href }, span.text) : span.text))
}

function Link({ href, children }: { href: string; children?: ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}
