/** The documentation: guides, a page for every error, and the reference, which calls this very server. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { declaredRefusals, routeNotFound } from '../kernel/errors.ts'
import { adviceFor } from './advice.ts'
import { renderGuide } from './guides.ts'
import { escaped, pageOf } from './page.ts'
import { REFERENCE_PAGE, REFERENCE_SCRIPT } from './reference.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const INTER = fileURLToPath(import.meta.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'))
const OWN =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
/** The reference writes its styles into the page as it runs. */
const WITH_STYLES = `${OWN}; style-src 'self' 'unsafe-inline'; font-src 'self' data:`
const DAY = 86_400

/** `built` is where the reference was laid; without it there are the guides alone. */
export async function serveDocs(server: FastifyInstance, built: string | null): Promise<void> {
  const style = readFileSync(join(HERE, 'docs.css'))
  server.get('/docs/docs.css', (_request, reply) => cached(reply).type('text/css; charset=utf-8').send(style))
  server.get('/docs/inter.woff2', (_request, reply) => cached(reply).type('font/woff2').send(readFileSync(INTER)))
  server.get<{ Params: { name: string } }>('/docs/:name', async (request, reply) => {
    const guide = renderGuide(request.params.name)
    if (!guide) throw routeNotFound()
    return page(reply, await guide, OWN)
  })
  server.get('/docs/', (_request, reply) => reply.redirect('/docs', 308))
  server.get<{ Params: { code: string } }>('/errors/:code', (request, reply) => {
    const html = errorPage(request.params.code)
    if (html === null) throw routeNotFound()
    return page(reply, html, OWN)
  })
  if (built === null || !existsSync(built))
    return void server.get('/docs', (_request, reply) => reply.redirect('/docs/quickstart', 302))
  server.get('/docs', (_request, reply) => page(reply, REFERENCE_PAGE, WITH_STYLES))
  server.get('/docs/reference.js', (_request, reply) =>
    cached(reply).type('text/javascript; charset=utf-8').send(REFERENCE_SCRIPT),
  )
  await server.register(fastifyStatic, {
    decorateReply: false,
    index: false,
    maxAge: DAY * 1_000,
    preCompressed: true,
    root: built,
    prefix: '/docs/reference/',
  })
}

function page(reply: FastifyReply, html: string, policy: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', policy)
    .send(html)
}

function cached(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'public, max-age=300')
}

/** What `type` of a problem leads to. */
function errorPage(code: string): string | null {
  const kind = declaredRefusals().find((one) => one.code === code)
  if (!kind) return null
  const advice = escaped(adviceFor(code, kind.status)).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
  const content = `<h1>${escaped(kind.title)}</h1>
<dl>
<dt>Code</dt><dd><code>${escaped(kind.code)}</code></dd>
<dt>Status</dt><dd>${kind.status}</dd>
<dt>What to do</dt><dd>${advice}</dd>
</dl>
<p><a href="/docs/errors">All errors, and what every answer of this kind holds</a></p>`
  return pageOf({ title: kind.title, here: 'errors', content })
}
