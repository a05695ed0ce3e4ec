/** Who called: the one answer for limits, allow-lists, audit and sign-in. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddr from '@fastify/proxy-addr'

export interface AddressBook {
  /** The caller's address: read from `X-Forwarded-For` right to left while the hop before is a trusted proxy. */
  addressOf(request: IncomingMessage): string
  /** The origin the caller used, such as `https://desk.example.com`, as a trusted proxy or the request itself says. */
  originOf(request: IncomingMessage): string
}

/** @param trusted CIDRs of the reverse proxies whose headers are believed; none means that nobody's are. */
export function addressBook(trusted: readonly string[]): AddressBook {
  const trust = proxyAddr.compile([...trusted])
  const isTrusted = (request: IncomingMessage) => trust(request.socket.remoteAddress ?? '', 0)
  return {
    addressOf: (request) => {
      const direct = request.socket.remoteAddress ?? '0.0.0.0'
      const named = proxyAddr(request, trust)
      return plain(named && isIP(named) ? named : direct)
    },
    originOf: (request) => {
      const believed = isTrusted(request)
      const protocol = (believed && first(request.headers['x-forwarded-proto'])) || 'http'
      const host = (believed && first(request.headers['x-forwarded-host'])) || request.headers.host || 'localhost'
      return `${protocol === 'https' ? 'https' : 'http'}://${host}`
    },
  }
}

// An IPv4 caller on a dual-stack socket is the same caller.
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

function first(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header
  return text?.split(',')[0]?.trim()
}
