import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { type Outbound, OutboundFailure, type OutboundOptions, openOutbound } from './outbound.ts'
import { openReach } from './reachable.ts'

const closing: (() => unknown)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

function open(options: OutboundOptions): Outbound {
  const outbound = openOutbound(options)
  closing.push(() => outbound.close())
  return outbound
}

async function listen(answer: RequestListener): Promise<{ port: number; calls: string[] }> {
  const calls: string[] = []
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.headers.host} ${request.url}`)
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { port: (server.address() as AddressInfo).port, calls }
}

const local = open({ allow: ['127.0.0.1/32'] })
const get = (url: string, more: object = {}) =>
  ({ url, method: 'GET', timeout: 2_000, most: 1_024, longer: 'cut', ...more }) as const

async function failure(outbound: Outbound, url: string, more: object = {}): Promise<string> {
  try {
    const { status } = await outbound.send(get(url, more))
    return `answered ${status}`
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error
    return error.code
  }
}

const PRIVATE = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0x7f.1',
  '017700000001',
  '127.0.0.1.',
  '１２７.０.０.１',
  '0',
  '0.0.0.0',
  '10.1.2.3',
  '10.66051',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.168.1.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.9',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:a9fe:a9fe]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::7f00:1]',
  '[64:ff9b:1::808:808]',
  '[2002:7f00:1::1]',
  '[2001:0:1:2:3:4:80ff:fffe]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
  '[2001:2::1]',
  '[2001:10::1]',
  '[5f00::1]',
  '[::ffff:0:127.0.0.1]',
]

test.each(PRIVATE)('a private address is refused when it is named and when it is called: %s', async (host) => {
  const closed = open({ allow: [] })
  expect(closed.check(`https://${host}/hook`)).toMatchObject({ code: 'address' })
  expect(await failure(closed, `https://${host}/hook`)).toBe('address_refused')
})

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '134744072',
  '[2606:4700::1111]',
  '[64:ff9b::808:808]',
  '[::ffff:8.8.8.8]',
  'example.com',
])('a public address may be called, over TLS: %s', (host) => {
  const closed = open({ allow: [] })
  expect(closed.check(`https://${host}/hook`)).toBeNull()
  expect(closed.check(`http://${host}/hook`)).toMatchObject({ code: 'scheme' })
})

test.each([
  ['credentials', 'https://user:pass@example.com/'],
  ['credentials', 'https://user@example.com/'],
  ['fragment', 'https://example.com/#'],
  ['fragment', 'https://example.com/a?b=c#d'],
  ['scheme', 'ftp://example.com/'],
  ['scheme', 'file:///etc/passwd'],
  ['scheme', 'gopher://example.com/'],
  ['url', 'https://'],
  ['url', 'example.com/hook'],
  ['url', 'https://exa mple.com/'],
  ['url', 'https://exam\nple.com/'],
  ['url', ' https://example.com/'],
  ['maxLength', `https://example.com/${'x'.repeat(1_981)}`],
  ['maxLength', `https://example.com/${'x'.repeat(2 * 1_024 * 1_024)}`],
])('a URL is refused for its %s', async (code, url) => {
  const closed = open({ allow: [] })
  expect(closed.check(url)).toMatchObject({ code })
  expect(await failure(closed, url)).toBe('url_refused')
})

test('a URL of 2,000 characters is taken', () => {
  expect(open({ allow: [] }).check(`https://example.com/${'x'.repeat(1_980)}`)).toBeNull()
})

test('what the operator names may be called, over http as well, and nothing else is', async () => {
  const sink = await listen((_request, response) => response.end('hello'))
  const answer = await local.send(get(`http://127.0.0.1:${sink.port}/a?b=c`))
  expect(answer).toMatchObject({ status: 200, truncated: false })
  expect(answer.body.toString()).toBe('hello')
  expect(sink.calls).toEqual([`GET 127.0.0.1:${sink.port} /a?b=c`])
  expect(await failure(local, `http://[::ffff:127.0.0.1]:${sink.port}/`)).toMatch(/^answered 200$|^unreachable$/)
  expect(local.check('http://127.0.0.2/')).toMatchObject({ code: 'address' })
  expect(local.check('http://8.8.8.8/')).toMatchObject({ code: 'scheme' })
  // What a name leads to is known only when it is called.
  expect(local.check('http://hooks.example.com/')).toBeNull()
})

test('a name is judged by what it resolves to, each time it is dialled', async () => {
  const sink = await listen((_request, response) => {
    response.setHeader('connection', 'close')
    response.end('hello')
  })
  const answers = [
    ['127.0.0.1'],
    ['127.0.0.2'],
    ['10.0.0.1', '169.254.169.254'],
    ['8.8.8.8'],
    [],
    ['127.0.0.2', '127.0.0.1'],
  ]
  const asked: string[] = []
  const outbound = open({
    allow: ['127.0.0.1'],
    resolve: async (name) => {
      asked.push(name)
      return answers.shift() ?? []
    },
  })
  const url = `http://hooks.example.com:${sink.port}/`
  const results: string[] = []
  for (let n = 0; n < 6; n++) results.push(await failure(outbound, url))
  expect(results).toEqual([
    'answered 200',
    'address_refused',
    'address_refused',
    'address_refused', // public, but without TLS
    'dns_failed',
    'answered 200', // by the one of the two that may be reached
  ])
  expect(asked).toHaveLength(6)
  expect(sink.calls).toEqual(Array(2).fill(`GET hooks.example.com:${sink.port} /`))
})

test('a name that cannot be resolved is said to be one', async () => {
  const outbound = open({ allow: [], resolve: () => Promise.reject(new Error('no such name')) })
  expect(await failure(outbound, 'https://nowhere.example.com/')).toBe('dns_failed')
})

test('a redirect is an answer, and nobody goes where it points', async () => {
  const target = await listen((_request, response) => response.end('secret'))
  const sink = await listen((_request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${target.port}/` }).end()
  })
  expect(await local.send(get(`http://127.0.0.1:${sink.port}/`))).toMatchObject({ status: 302 })
  expect(target.calls).toEqual([])
})

test('a long answer is cut, or refused, and never read to its end', async () => {
  let written = 0
  const sink = await listen((_request, response) => {
    const more = () => {
      while (!response.destroyed && written < 50_000_000) {
        written += 65_536
        if (!response.write(Buffer.alloc(65_536, 'x'))) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  })
  const answer = await local.send(get(`http://127.0.0.1:${sink.port}/`))
  expect(answer).toMatchObject({ status: 200, truncated: true })
  expect(answer.body.length).toBe(1_024)
  expect(await failure(local, `http://127.0.0.1:${sink.port}/`, { longer: 'fail' })).toBe('answer_too_large')
  expect(written).toBeLessThan(50_000_000)
})

test('silence and slow drips end with the time that was given', async () => {
  const silent = await listen(() => {})
  const drip = await listen((_request, response) => {
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  })
  for (const { port } of [silent, drip]) {
    expect(await failure(local, `http://127.0.0.1:${port}/`, { timeout: 300 })).toBe('timeout')
  }
})

test('a request can be called off', async () => {
  const silent = await listen(() => {})
  const signal = AbortSignal.timeout(50)
  expect(await failure(local, `http://127.0.0.1:${silent.port}/`, { signal })).toBe('aborted')
  expect(await failure(local, `http://127.0.0.1:${silent.port}/`, { signal: AbortSignal.abort() })).toBe('aborted')
})

test('what goes wrong on the way has a name', async () => {
  const tcp = async (answer: string | null) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      if (answer === null) socket.destroy()
      else socket.end(answer)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => server.close())
    return (server.address() as AddressInfo).port
  }
  const plain = await listen((_request, response) => response.end())
  const [hangsUp, nonsense, closed] = [await tcp(null), await tcp('220 mail.example.com ESMTP\r\n\r\n'), 1]
  expect(await failure(local, `http://127.0.0.1:${hangsUp}/`)).toBe('connection_lost')
  expect(await failure(local, `http://127.0.0.1:${nonsense}/`)).toBe('answer_malformed')
  expect(await failure(local, `http://127.0.0.1:${closed}/`)).toBe('connection_refused')
  expect(await failure(local, `https://127.0.0.1:${plain.port}/`)).toBe('tls_failed')
})

test('an operator’s network is one family and one prefix', () => {
  const reach = openReach(['10.0.0.0/8', 'fd00::/8'])
  const permitted = ['10.9.9.9', '::ffff:10.0.0.1', 'fd12::1', '11.0.0.1', '192.168.0.1', 'fe80::1', 'nonsense', '']
  expect(permitted.map((address) => reach.permits(address, 'http:'))).toEqual([
    true,
    true,
    true,
    ...Array(5).fill(false),
  ])
})
