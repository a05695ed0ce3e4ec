/**
 * From where a key may be used: addresses, networks in CIDR notation, and domains.
 *
 * An address or network is compared with the caller's address as kernel/address.ts knows it. A domain, its subdomains with
 * it, is compared with the host of the page that called: of `Origin`, or of `Referer` without one. That keeps other sites'
 * pages out, and no program: those send what they like.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import ip, { type IPv4, type IPv6 } from 'ipaddr.js'

export const ALLOWED_AT_MOST = 50

type Place =
  | { readonly kind: 'network'; readonly address: IPv4 | IPv6; readonly bits: number }
  | { readonly kind: 'domain'; readonly name: string }

// What ends or surrounds a host in a URL, where the reader of domains would quietly stop.
const NOT_OF_A_HOST = /[\s/:?#@%\\[\]]/
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const LOCAL = 'localhost'

/** An entry as it is kept, or what is wrong with it. */
export function readEntry(text: string): { entry: string } | { wrong: string } {
  const place = placeOf(text.trim())
  return typeof place === 'string' ? { wrong: place } : { entry: write(place) }
}

/** Whether somebody who calls from this address, by a page of this host, is among those an allow-list lets in. */
export function lets(
  allow: readonly string[],
  caller: { readonly address: string; readonly headers: IncomingHttpHeaders },
): boolean {
  if (allow.length === 0) return true
  const address = readAddress(caller.address)
  const host = pageOf(caller.headers)
  return placesOf(allow).some((place) =>
    place.kind === 'domain'
      ? host !== null && isUnder(host, place.name)
      : address !== null && isWithinNetwork(address, place),
  )
}

/** Whether an allow-list lets in nobody whom another does not. */
export function isAsNarrow(allow: readonly string[], than: readonly string[]): boolean {
  if (than.length === 0) return true
  if (allow.length === 0) return false
  const wide = placesOf(than)
  return placesOf(allow).every((place) => wide.some((other) => isPart(place, other)))
}

function isPart(place: Place, of: Place): boolean {
  if (place.kind === 'domain') return of.kind === 'domain' && isUnder(place.name, of.name)
  return of.kind === 'network' && place.bits >= of.bits && isWithinNetwork(place.address, of)
}

function isWithinNetwork(address: IPv4 | IPv6, { address: network, bits }: Place & { kind: 'network' }): boolean {
  return address.kind() === network.kind() && address.match(network, bits)
}

function isUnder(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

// What a key allows is asked at each of its requests; a row that is kept for a moment keeps its array.
const read = new WeakMap<readonly string[], readonly Place[]>()

function placesOf(allow: readonly string[]): readonly Place[] {
  const known = read.get(allow)
  if (known) return known
  const places = allow.map(placeOf).filter((place) => typeof place !== 'string')
  read.set(allow, places)
  return places
}

function placeOf(text: string): Place | string {
  const [before = '', after, ...rest] = text.split('/')
  const address = readAddress(before)
  if (address === null) return domainOf(text)
  const width = address.kind() === 'ipv4' ? 32 : 128
  if (after === undefined) return { kind: 'network', address, bits: width }
  // A network in the IPv6 spelling of IPv4 counts the 96 bits before it.
  const bits = /^(0|[1-9]\d{0,2})$/.test(after) ? Number(after) - (isMapped(before) ? 96 : 0) : -1
  if (rest.length > 0 || bits < 0 || bits > width) return NO_NETWORK
  return { kind: 'network', address: networkOf(address, bits), bits }
}

const NO_NETWORK = 'That is not a network. One looks like 10.0.0.0/8 or 2001:db8::/32.'
const NO_DOMAIN = 'That is no address, no network and no domain. A domain is written alone, such as example.com.'

function domainOf(text: string): Place | string {
  if (text.startsWith('*.')) return 'A domain has its subdomains with it: write it without the asterisk.'
  const name = domainToASCII(text.replace(/\.$/, '')).toLowerCase()
  const labels = name.split('.')
  const isOne =
    !NOT_OF_A_HOST.test(text) &&
    name.length <= 253 &&
    labels.every((label) => LABEL.test(label)) &&
    (labels.length > 1 || name === LOCAL) &&
    !/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')
  return isOne ? { kind: 'domain', name } : NO_DOMAIN
}

/** An address in one of the spellings that mean it everywhere; an IPv4 one written as IPv6 is the IPv4 one. */
function readAddress(text: string): IPv4 | IPv6 | null {
  return isIP(text) === 0 || text.includes('%') ? null : ip.process(text)
}

function isMapped(text: string): boolean {
  return isIP(text) === 6 && ip.process(text).kind() === 'ipv4'
}

function networkOf(address: IPv4 | IPv6, bits: number): IPv4 | IPv6 {
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8))
    return byte & (0xff << (8 - kept)) & 0xff
  })
  return ip.fromByteArray(bytes)
}

function write(place: Place): string {
  if (place.kind === 'domain') return place.name
  const { address, bits } = place
  const text = address.kind() === 'ipv6' ? ip.IPv6.parse(address.toString()).toRFC5952String() : address.toString()
  return bits === (address.kind() === 'ipv4' ? 32 : 128) ? text : `${text}/${bits}`
}

function pageOf(headers: IncomingHttpHeaders): string | null {
  const page = headers.origin ?? headers.referer
  if (page === undefined || !URL.canParse(page)) return null
  return new URL(page).hostname.replace(/\.$/, '') || null
}
