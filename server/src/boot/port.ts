/** The port to listen on, known before the first step: a port in use should not be found out after a minute of building. */
import { createServer } from 'node:net'
import { BootRefusal, codeOf } from './refusal.ts'

/** The port itself when it is free, or a free one in place of 0. A refusal names the `variable` that says which. */
export async function settlePort(host: string, port: number, variable = 'PORT'): Promise<number> {
  const settled = await tryPort(host, port)
  if (typeof settled === 'number') return settled
  if (settled === 'EADDRINUSE')
    throw new BootRefusal(
      'port_in_use',
      `${variable}: ${port} on ${host} is in use. Stop what listens there, or choose another.`,
    )
  if (settled === 'EACCES') throw new BootRefusal('port_forbidden', `${variable}: this user may not listen on ${port}.`)
  throw new BootRefusal('host_unusable', `HOST: cannot listen on ${host} (${settled}).`)
}

/** The port listened on, or the system's word for why not. */
export function tryPort(host: string, port: number): Promise<number | string> {
  const probe = createServer()
  return new Promise((resolve) => {
    probe.once('error', (error) => resolve(codeOf(error)))
    probe.listen({ host, port, exclusive: true }, () => {
      const address = probe.address()
      const taken = typeof address === 'object' && address ? address.port : port
      probe.close(() => resolve(taken))
    })
  })
}
