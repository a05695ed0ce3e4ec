/**
 * Does what the guides say, to the letter but for the port and the placeholders: each page of docs/guide and docs/reference
 * with a curl line is run from its first line of shell to its last, on a server of its own. A line that is refused ends it,
 * unless the page is about refusals.
 *
 *   node test/guides.ts [name of a page] …
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './check.ts'
import { freePort } from './debian-postgres.ts'
import { command, lastLines, type Place, start, stopAll } from './product.ts'

const FOLDERS = ['docs/guide', 'docs/reference']
const PRINTED = [/http:\/\/127\.0\.0\.1:3000/g, /https:\/\/desk\.example\.com/g]
const REFUSED = 'docs/reference/refusals.md'
const FIELD = 'field() { node -p "JSON.parse(fs.readFileSync(0)).$1"; }'

const place: Place = { root: ROOT, data: mkdtempSync(join(tmpdir(), 'antiphon-guides-')), port: await freePort() }
const wanted = process.argv.slice(2)
const pages = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`))
  .filter(
    (page) => page.endsWith('.md') && (wanted.length === 0 || wanted.some((name) => page.endsWith(`/${name}.md`))),
  )
  .map((page) => ({ page, shell: shellOf(readFileSync(join(ROOT, page), 'utf8')) }))
  .filter(({ shell }) => /\bcurl\b/.test(shell))

try {
  const { url } = await start(place)
  for (const { page, shell } of pages) await follow(page, shell, url)
  if (pages.length === 0) throw new Error('There is no page with a curl line.')
  console.log(`${pages.length} pages work as printed.`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(lastLines(place))
  process.exitCode = 1
} finally {
  await stopAll(place)
  rmSync(place.data, { recursive: true, force: true })
  rmSync(`${place.data}.log`, { force: true })
}

/** Each page has a workspace of its own, as `workspace list` shows it last, and the variables that others set. */
async function follow(page: string, shell: string, url: string): Promise<void> {
  const { id } = await command(place, 'workspace', 'create', '--name', page)
  const named = ['--workspace', `${id}`, '--name', page, '--scopes', '*']
  const { bearer, ck, public_key, private_key } = await command(place, 'key', 'create', ...named)
  const inboxes = await fetch(`${url}/v1/inboxes`, { headers: { authorization: `Bearer ${bearer}` } })
  const { data }: { data: { id: string; channel: string }[] } = JSON.parse(await inboxes.text())
  const chat = data.find(({ channel }) => channel === 'web_chat')?.id ?? ''
  const real = PRINTED.reduce((text, printed) => text.replaceAll(printed, url), shell).replaceAll('<inbox>', chat)
  const fail = page === REFUSED ? '' : '--fail-with-body'
  const script = [`curl() { command curl ${fail} "$@" && echo; }`, FIELD, real].join('\n')
  const own = { KEY: bearer, CK: ck, PUBLIC_KEY: public_key, PRIVATE_KEY: private_key }
  const env = { ...process.env, ...own, ANTIPHON_DATA: place.data, PORT: String(place.port) }
  try {
    const said = execFileSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: ROOT, env, encoding: 'utf8' })
    if (page === REFUSED && !said.includes('"code":"invalid"')) throw new Error(`It was not refused:\n${said}`)
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? `\n${error.stdout}` : ''
    throw new Error(`${page} does not do what it says.${said}\n${error instanceof Error ? error.message : error}`)
  }
  console.log(`${page} works as printed.`)
}

/** What is printed as shell, but for what changes settings of a workspace that is only named. */
function shellOf(text: string): string {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  return blocks.filter((block) => /\bcurl\b|\bfield\b/.test(block)).join('\n')
}
