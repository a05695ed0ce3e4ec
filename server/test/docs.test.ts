/** The pages under /docs and /errors: there, in order, leading to one another, and telling the truth about refusals. */
import { beforeAll, expect, test } from 'vitest'
import { advised } from '../src/docs/advice.ts'
import { chapters } from '../src/docs/chapters.ts'
import { declaredRefusals } from '../src/kernel/errors.ts'
import { type World, world } from './world.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

const guides = chapters.flatMap((chapter) => chapter.guides)
const open = (path: string) => w.get(path, { as: null })

test.each(guides)('the guide $name is a page that asks nobody else for anything', async ({ name, title }) => {
  const reply = await open(`/docs/${name}`)
  expect(reply.status).toBe(200)
  expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(reply.headers.get('content-security-policy')).toMatch(/^default-src 'self';/)
  expect(reply.text).toContain(`<title>${title} · Antiphon</title>`)
  expect(reply.text.match(/<h1/g)).toHaveLength(1)
  expect(reply.text).toContain(`<a href="/docs/${name}" aria-current="page">`)
  expect(reply.text).not.toMatch(/<(?:script|img|link|iframe)[^>]+(?:src|href)="(?!\/)/)
  expect(reply.text).not.toMatch(/style="|<script|<!--/)
})

test('every link of every guide leads somewhere', async () => {
  const broken: string[] = []
  const seen = new Map<string, boolean>([['/docs', true]])
  for (const { name } of guides) {
    const { text } = await open(`/docs/${name}`)
    for (const [, href = ''] of text.matchAll(/<a href="([^"]+)"/g)) {
      if (/^https?:/.test(href)) continue
      const [path = '', anchor] = (href.startsWith('#') ? `/docs/${name}${href}` : href).split('#')
      const page = await open(path)
      if (!seen.has(path)) seen.set(path, page.status === 200)
      const isThere = seen.get(path) && (anchor === undefined || page.text.includes(`id="${anchor}"`))
      if (!isThere) broken.push(`${name}: ${href}`)
    }
  }
  expect(broken).toEqual([])
})

test('what a problem calls its type is a page about it', async () => {
  const problem = await w.get<{ type: string; title: string; code: string }>('/v1/contacts?limit=0')
  const { pathname } = new URL(problem.body.type)
  const page = await open(pathname)
  expect(page.status).toBe(200)
  for (const word of [problem.body.title, problem.body.code, '422', 'What to do']) expect(page.text).toContain(word)
})

test('every refusal that is declared has its page, and nothing else has one', async () => {
  for (const { code } of declaredRefusals()) expect([code, (await open(`/errors/${code}`)).status]).toEqual([code, 200])
  expect(await open('/errors/no_such_code')).toMatchObject({ status: 404, body: { code: 'route_not_found' } })
  const codes = declaredRefusals().map(({ code }) => code)
  expect(advised.filter((code) => !codes.includes(code))).toEqual([])
  const { text } = await open('/docs/errors')
  const listed = [...text.matchAll(/<tr><td><code>(\w+)<\/code>/g)].map(([, code]) => code)
  expect(listed.toSorted()).toEqual(codes.toSorted())
})

test('a guide that is not there is not found', async () => {
  for (const name of ['nothing', '..%2fREADME', 'guide%2finstall.md', 'constructor']) {
    expect(await open(`/docs/${name}`)).toMatchObject({ status: 404, body: { code: 'route_not_found' } })
  }
})
