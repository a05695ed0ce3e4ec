/** The pages under /docs: each a Markdown file of `docs/`, rendered when it is first asked for and kept. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chapters, type Guide } from './chapters.ts'
import { pageOf } from './page.ts'

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url))

const guides = chapters.flatMap((chapter) => chapter.guides)
const kept = new Map<string, Promise<string>>()

/** The whole page of a guide, or null where there is none of that name. */
export function renderGuide(name: string): Promise<string> | null {
  const found = guides.find((one) => one.name === name)
  if (!found) return null
  const page = kept.get(name) ?? render(found)
  kept.set(name, page)
  return page
}

async function render({ name, title, file }: Guide): Promise<string> {
  const text = await readFile(join(DOCS, file), 'utf8')
  return pageOf({ title, here: name, content: await toHtml(text, file) })
}

/** Our own Markdown, which nobody else can write: what it says in HTML is kept as it is. */
async function toHtml(text: string, file: string): Promise<string> {
  // Loaded for whoever reads: a server that nobody asks for a page does without.
  const { Marked } = await import('marked')
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text: plain }) {
        const anchor = plain
          .toLowerCase()
          .replaceAll(/[^a-z0-9]+/g, '-')
          .replaceAll(/^-|-$/g, '')
        return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      table(token) {
        const row = (cells: typeof token.header, tag: string) =>
          `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`
        const head = `<thead>${row(token.header, 'th')}</thead>`
        const body = `<tbody>${token.rows.map((cells) => row(cells, 'td')).join('\n')}</tbody>`
        return `<div class="wide" tabindex="0" role="region" aria-label="Table"><table>${head}${body}</table></div>\n`
      },
    },
    walkTokens(token) {
      if (token.type === 'link' && typeof token['href'] === 'string') token['href'] = addressOf(token['href'], file)
    },
  })
  const html = await marked.parse(text.replaceAll(/<!--.*?-->\n?/g, ''))
  return html.replaceAll('<pre>', '<pre tabindex="0">')
}

/** Files of `docs/` lead to their pages; what is not among the pages is left as it is. */
function addressOf(href: string, from: string): string {
  const [path = '', anchor] = href.split('#')
  if (!path.endsWith('.md') || path.includes(':')) return href
  const file = join(from, '..', path)
  const found = guides.find((one) => one.file === file)
  if (!found) return href
  return `/docs/${found.name}${anchor === undefined ? '' : `#${anchor}`}`
}
