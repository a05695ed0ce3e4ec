/**
 * Names to addresses. The system's own resolver knows everything (hosts files, search domains), but it works on the few
 * threads that files and cryptography need as well, and a name server that is silent holds one of them for many seconds.
 * So DNS is asked first, without threads and with an end; only names it does not know are left to the system.
 */
import { lookup, Resolver } from 'node:dns/promises'
import { SECOND } from './time.ts'

/** All addresses of a name, IPv4 first. Throws where there is none. */
export type Resolve = (name: string) => Promise<string[]>

const PATIENCE = 2 * SECOND
const TRIES = 2

export function openResolver(): Resolve {
  const resolver = new Resolver({ timeout: PATIENCE, tries: TRIES })
  return async (name) => {
    const isPlain = !name.replace(/\.$/, '').includes('.')
    if (!isPlain) {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
      const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      if (found.length > 0) return found
      const silent = answers.find((answer) => answer.status === 'rejected' && codeOf(answer.reason) === 'ETIMEOUT')
      if (silent?.status === 'rejected') throw silent.reason
    }
    return (await lookup(name, { all: true, order: 'ipv4first' })).map(({ address }) => address)
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
