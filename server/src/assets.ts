/** The pages: the dashboard, the widget's loader and its frame. Static files, and the headers that keep them in their place. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { routeNotFound } from './kernel/errors.ts'

const OWN =
  "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'"
const YEAR = 31_536_000
/** Where programs ask: the answer is a problem, whatever they accept. */
const NO_PAGES = /^\/(v1|auth|files|health|ready|errors|docs|widget|assets)(\/|$|\?)/

export interface Pages {
  /** Holds `dashboard/` and `widget/` as they were built. */
  readonly directory: string
  /** On whose pages the frame of a web chat may stand; null when there is no such web chat. */
  readonly ancestorsOf: (inbox_id: string) => Promise<readonly string[] | null>
}

export async function serveAssets(server: FastifyInstance, { directory, ancestorsOf }: Pages): Promise<void> {
  const dashboard = readFileSync(join(directory, 'dashboard', 'index.html'))
  const frame = readFileSync(join(directory, 'widget', 'frame.html'))
  const forever = {
    decorateReply: false,
    index: false,
    immutable: true,
    maxAge: YEAR * 1_000,
    preCompressed: true,
  } as const
  await server.register(fastifyStatic, {
    ...forever,
    decorateReply: true,
    root: join(directory, 'dashboard', 'assets'),
    prefix: '/assets/',
  })
  await server.register(fastifyStatic, {
    ...forever,
    root: join(directory, 'widget', 'assets'),
    prefix: '/widget/assets/',
  })

  server.get('/widget.js', (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .header('access-control-allow-origin', '*')
      .header('cross-origin-resource-policy', 'cross-origin')
      .sendFile('widget.js', join(directory, 'widget')),
  )
  server.get<{ Querystring: { inbox?: string } }>('/widget/frame', async (request, reply) => {
    const ancestors = await ancestorsOf(String(request.query.inbox ?? ''))
    if (!ancestors) throw routeNotFound()
    return page(reply, frame, ancestors)
  })
  const desk = (_request: unknown, reply: FastifyReply) => page(reply, dashboard, ["'none'"])
  for (const path of ['/', '/sign-in', '/w', '/w/*']) server.get(path, desk)
  // What nobody answers is for the desk to say, to whoever looks at it as a page.
  server.get('/*', (request, reply) => {
    const isPage = request.headers.accept?.includes('text/html') && !NO_PAGES.test(request.url)
    return isPage ? desk(request, reply.code(404)) : reply.callNotFound()
  })
  for (const name of ['favicon.svg', 'favicon.ico']) {
    if (existsSync(join(directory, 'dashboard', name))) {
      server.get(`/${name}`, (_request, reply) => reply.sendFile(name, join(directory, 'dashboard')))
    }
  }
}

function page(reply: FastifyReply, html: Buffer, ancestors: readonly string[]): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', `${OWN}; frame-ancestors ${ancestors.join(' ')}`)
    .send(html)
}
