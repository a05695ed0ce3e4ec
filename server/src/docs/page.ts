/** A page of the documentation: the same head, navigation and style around any content. */
import { chapters } from './chapters.ts'

export interface Content {
  readonly title: string
  /** The name of the guide that is shown, for the navigation. */
  readonly here: string
  /** HTML. */
  readonly content: string
}

export function pageOf({ title, here, content }: Content): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Antiphon</title>
<link rel="stylesheet" href="/docs/docs.css">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="/docs/quickstart">${LOGO}<span>Antiphon</span></a>
<a class="to-guides" href="#guides">Guides</a>
<a href="/docs">API reference</a>
</header>
<div class="columns">
<nav id="guides" aria-label="Guides">
${chapters.map(({ title: name, guides }) => `<h2>${escaped(name)}</h2>\n<ul>${guides.map((guide) => item(guide, here)).join('')}</ul>`).join('\n')}
</nav>
<main id="content">
${content}
</main>
</div>
</body>
</html>
`
}

function item({ name, title }: { name: string; title: string }, here: string): string {
  return `<li><a href="/docs/${name}"${name === here ? ' aria-current="page"' : ''}>${escaped(title)}</a></li>`
}

/** Two facing arcs, call and response. */
const LOGO = `<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke-width="2.6" stroke-linecap="round" aria-hidden="true"><path class="call" d="M9.2 4.2A9.4 9.4 0 0 0 9.2 19.8"/><path class="answer" d="M14.8 7.4A5.6 5.6 0 0 1 14.8 16.6"/></svg>`

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
