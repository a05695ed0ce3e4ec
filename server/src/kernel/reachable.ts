/**
 * Which addresses an outgoing request may reach: those of the public internet, and of private networks the ones an operator
 * has named. An IPv6 address that stands for an IPv4 one is judged by the IPv4 one, or refused where nobody needs it.
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export interface Reach {
  /** Whether anything may be sent there: `http:` only to what the operator has named. */
  permits(address: string, protocol: string): boolean
  /** Whether the operator has named any network at all. */
  readonly isOpened: boolean
}

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number]

// Everything IANA keeps for special purposes, and addresses by which clouds serve their machines.
const NOT_PUBLIC_4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8',
  '100.64.0.0/10', // carriers' NAT
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's own services
  '169.254.0.0/16', // link-local, and most clouds' metadata
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
].map(network)

// Of IPv6 only 2000::/3 is public at all; these lie within it.
const PUBLIC_6 = network('2000::/3')
const NOT_PUBLIC_6 = [
  '2001::/23', // Teredo, benchmarks, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '2620:4f:8000::/48',
  '3fff::/20', // documentation
].map(network)

const MAPPED = network('::ffff:0:0/96')
const NAT64 = network('64:ff9b::/96')

/** @param allow addresses or CIDRs that may be reached although they are private, over http as well. */
export function openReach(allow: readonly string[]): Reach {
  const allowed = allow.map(network)
  return {
    isOpened: allowed.length > 0,
    permits: (text, protocol) => {
      if (isIP(text) === 0) return false
      const address = embedded(ipaddr.parse(text))
      if (isIn(address, allowed)) return protocol === 'https:' || protocol === 'http:'
      return protocol === 'https:' && isPublic(address)
    },
  }
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.kind() === 'ipv4') return !isIn(address, NOT_PUBLIC_4)
  return isIn(address, [PUBLIC_6]) && !isIn(address, NOT_PUBLIC_6)
}

/** The IPv4 address that an IPv6 one stands for on hosts that translate; otherwise the address itself. */
function embedded(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!isIn(address, [MAPPED, NAT64])) return address
  return ipaddr.fromByteArray(address.toByteArray().slice(12))
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, networks: readonly Network[]): boolean {
  return networks.some(([base, bits]) => address.kind() === base.kind() && address.match([base, bits]))
}

function network(text: string): Network {
  const [address = '', bits] = text.split('/')
  const base = ipaddr.parse(address)
  return [base, bits === undefined ? base.toByteArray().length * 8 : Number(bits)]
}
