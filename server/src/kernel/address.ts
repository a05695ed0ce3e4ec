/** Who called: the one answer for limits, allow-lists, audit and sign-in. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddr from '@fastify/proxy-addr'

export interface AddressBook {
  /** The caller's address: read from `X-Forwarded-For` right to left while the hop before is a trusted proxy. */
  addressOf(request: IncomingMessage): string
  /** The same, with the network that limits by address mean. */
  callerOf(request: IncomingMessage): { address: string; network: string }
  /** The origin the caller used, such as `https://desk.example.com`, as a trusted proxy or the request itself says. */
  originOf(request: IncomingMessage): string
}

/** @param trusted CIDRs of the reverse proxies whose headers are believed; none means that nobody's are. */
export function addressBook(trusted: readonly string[]): AddressBook {
  const trust = proxyAddr.compile([...trusted])
  const isTrusted = (request: IncomingMessage) => trust(request.socket.remoteAddress ?? '', 0)
  const addressOf = (request: IncomingMessage) => {
    const direct = request.socket.remoteAddress ?? '0.0.0.0'
    const named = proxyAddr(request, trust)
    return plain(named && isIP(named) ? named : direct)
  }
  return {
    addressOf,
    callerOf: (request) => {
      const address = addressOf(request)
      return { address, network: networkOf(address) }
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

/** The network that one subscriber has: an IPv4 address, or the first half of an IPv6 one. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? []
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const missing = Math.max(0, 8 - groups(head).length - groups(tail).length)
  const whole = address.includes('::')
    ? [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)]
    : groups(head)
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
