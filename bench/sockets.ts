/**
 * What an idle authenticated socket costs in memory: the server's resident memory with 5,000 of them less that with
 * 1,000, each after a minute of rest, over 4,000.
 *
 *   node bench/sockets.ts [--rest 60] [--port 4730]
 *
 * Needs 6,000 open files for itself and for the server: `ulimit -n 12000`.
 */
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { makeKey } from '../test/product.ts'
import { onProduct, residentOf } from './measuring.ts'

const [FEW, MANY] = [1_000, 5_000]
const PROMISED_KB = 20
const AT_ONCE = 50
const FILES = 6_000

const { values } = parseArgs({
  options: { rest: { type: 'string', default: '60' }, port: { type: 'string', default: '4730' } },
})
const files = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }))
if (files < FILES) throw new Error(`Only ${files} files may be open here. Run: ulimit -n 12000`)

await onProduct('sockets', Number(values.port), async (product) => {
  const { bearer } = await makeKey(product, 'Sockets')
  const sockets: WebSocket[] = []
  const connect = () =>
    new Promise<void>((resolve, reject) => {
      const socket = new WebSocket(`${product.url.replace('http', 'ws')}/v1/live`, {
        headers: { authorization: `Bearer ${bearer}` },
        // An address has 28,000 ports to come from; those of a run before are not free at once.
        localAddress: `127.0.0.${2 + (sockets.length % 8)}`,
        perMessageDeflate: false,
      })
      sockets.push(socket)
      // The first frame says that it has been let in and follows the log.
      socket.once('message', () => resolve())
      socket.once('error', reject)
    })
  const rest = async (count: number) => {
    while (sockets.length < count) await Promise.all(Array.from({ length: AT_ONCE }, connect))
    await sleep(Number(values.rest) * 1_000)
    const open = sockets.filter((socket) => socket.readyState === WebSocket.OPEN).length
    const resident = residentOf(product.pid)
    console.log(`${open} sockets open: ${Math.round(resident / 1024)} MB resident`)
    if (open !== count) throw new Error('Some sockets did not stay open.')
    return resident
  }
  const few = await rest(FEW)
  const many = await rest(MANY)
  const each = (many - few) / (MANY - FEW)
  console.log(`${each.toFixed(1)} kB for each (at most ${PROMISED_KB})`)
  for (const socket of sockets) socket.terminate()
  return each <= PROMISED_KB
})
