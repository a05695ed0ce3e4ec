/** A Redis of a test's own: Debian's, on a free port of loopback, keeping nothing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

export interface Redis {
  readonly port: number
  readonly url: string
  kill(): Promise<void>
  /** Stands still: connections are taken, nothing is answered. */
  hang(): void
  proceed(): void
}

/** Starts it, and waits until it takes connections. */
export async function startRedis(given?: number): Promise<Redis> {
  const port = given ?? (await freePort())
  const child = spawn('redis-server', [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ])
  child.on('error', () => {})
  let said = ''
  child.stdout.setEncoding('utf8')
  const isReady = await new Promise<boolean>((settle) => {
    child.stdout.on('data', (text: string) => {
      said += text
      if (said.includes('Ready to accept connections')) settle(true)
    })
    child.once('exit', () => settle(false))
  })
  if (!isReady) throw new Error(`redis-server did not start: ${said}`)
  return {
    port,
    url: `redis://127.0.0.1:${port}/1`,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
    hang: () => void child.kill('SIGSTOP'),
    proceed: () => void child.kill('SIGCONT'),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.')
  return address.port
}
