/** Every environment variable: its name, its default and one line of why. No other file reads the environment. */
import { isIP } from 'node:net'
import { resolve } from 'node:path'

export interface Config {
  readonly host: string
  /** 0 asks the system for a free one. */
  readonly port: number
  /** Absolute path of the data directory. */
  readonly data: string
  /** Where people reach this server, without a trailing slash; null while nobody has said. */
  readonly url: string | null
  /** Addresses or CIDRs whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[]
  /** The first one signs, all verify; null where boot makes or reads the one in the data directory. */
  readonly secrets: readonly [string, ...string[]] | null
  /** null means the embedded PostgreSQL. */
  readonly databaseUrl: string | null
  /** The Redis or Valkey that counts limits for all processes; null means that each counts for itself. */
  readonly redisUrl: string | null
  /** Loopback port of `GET /metrics`; null means that there is none. */
  readonly metricsPort: number | null
  /** Bytes. */
  readonly maxUpload: number
  /** Private addresses or CIDRs that outgoing requests may reach. */
  readonly outboundAllow: readonly string[]
  /** What the waits between attempts to deliver a webhook are multiplied by. */
  readonly webhookRetryFactor: number
  /** Whether demo data is loaded: as the rule in boot/demo.ts has it, always into an empty database, or never. */
  readonly demo: 'auto' | 'always' | 'never'
  /** Started by npm or npx, whose shell does not pass signals on. */
  readonly isUnderNpm: boolean
}

/** What the command line says in place of a variable. */
export interface Flags {
  readonly port?: string
  readonly data?: string
  readonly demo?: boolean
}

export interface Variable {
  readonly name: string
  readonly type: string
  readonly default: string
  readonly why: string
}

export const variables: readonly Variable[] = [
  {
    name: 'HOST',
    type: 'address',
    default: '127.0.0.1',
    why: 'The address to listen on; 0.0.0.0 opens it to the network.',
  },
  { name: 'PORT', type: 'port', default: '3000', why: 'The port to listen on; 0 takes a free one.' },
  {
    name: 'ANTIPHON_DATA',
    type: 'directory',
    default: './data',
    why: 'Where the database, the files and the secret are kept.',
  },
  {
    name: 'ANTIPHON_URL',
    type: 'http(s) URL',
    default: '',
    why: 'Where people reach this server; links and the origin check use it.',
  },
  {
    name: 'ANTIPHON_TRUSTED_PROXIES',
    type: 'list of addresses or CIDRs',
    default: '',
    why: 'The reverse proxies whose X-Forwarded-For, -Proto and -Host are believed.',
  },
  {
    name: 'ANTIPHON_SECRET',
    type: '32 characters or more, or new,old',
    default: '',
    why: 'Signs sessions and hashes keys; made in the data directory with the embedded database, required with DATABASE_URL.',
  },
  {
    name: 'DATABASE_URL',
    type: 'postgres:// URL',
    default: '',
    why: 'A PostgreSQL (15 or newer) to use instead of the embedded one.',
  },
  {
    name: 'REDIS_URL',
    type: 'redis:// or rediss:// URL',
    default: '',
    why: 'A Redis or Valkey in which several processes count their limits as one; without it each counts for itself.',
  },
  { name: 'ANTIPHON_METRICS_PORT', type: 'port', default: '', why: 'Serves GET /metrics on this loopback port.' },
  {
    name: 'ANTIPHON_MAX_UPLOAD',
    type: 'size (bytes, or 40MB)',
    default: '40MB',
    why: 'The largest file that may be uploaded.',
  },
  {
    name: 'ANTIPHON_OUTBOUND_ALLOW',
    type: 'list of addresses or CIDRs',
    default: '',
    why: 'Private networks that webhooks and look-ups may reach all the same.',
  },
  {
    name: 'ANTIPHON_WEBHOOK_RETRY_FACTOR',
    type: 'number from 0 to 1',
    default: '1',
    why: 'Shortens the waits before a failed webhook is tried again, for trying it out.',
  },
]

/** Every wrong setting at once, one line each, each naming its variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'config_invalid'
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.lines = lines
  }
}

type Env = Readonly<Record<string, string | undefined>>

/** Reads all settings; flags win over variables. Throws one ConfigError that names everything that is wrong. */
export function readConfig(env: Env, flags: Flags = {}): Config {
  const wrong: string[] = []
  const read = <T>(
    name: string,
    parse: (text: string) => T,
    flag?: { name: string; value: string | undefined },
  ): T | null => {
    const label = flag?.value === undefined ? name : flag.name
    const text = (flag?.value ?? env[name] ?? '').trim() || defaultOf(name)
    if (text === '') return null
    try {
      return parse(text)
    } catch (error) {
      wrong.push(`${label} ${error instanceof Error ? error.message : String(error)}`)
      return null
    }
  }

  const databaseUrl = read('DATABASE_URL', parseDatabaseUrl)
  const secrets = read('ANTIPHON_SECRET', parseSecrets)
  if ((env['DATABASE_URL'] ?? '').trim() && !(env['ANTIPHON_SECRET'] ?? '').trim()) {
    wrong.push(
      'ANTIPHON_SECRET is required with DATABASE_URL: 32 random characters or more, such as `openssl rand -hex 32` prints.',
    )
  }
  const config = {
    host: read('HOST', parseHost) ?? '',
    port: read('PORT', (text) => parsePort(text, 0), { name: '--port', value: flags.port }) ?? 0,
    data: read('ANTIPHON_DATA', parseDirectory, { name: '--data', value: flags.data }) ?? '',
    url: read('ANTIPHON_URL', parseUrl),
    trustedProxies: read('ANTIPHON_TRUSTED_PROXIES', parseNetworks) ?? [],
    secrets,
    databaseUrl,
    redisUrl: read('REDIS_URL', parseRedisUrl),
    metricsPort: read('ANTIPHON_METRICS_PORT', (text) => parsePort(text, 1)),
    maxUpload: read('ANTIPHON_MAX_UPLOAD', parseSize) ?? 0,
    outboundAllow: read('ANTIPHON_OUTBOUND_ALLOW', parseNetworks) ?? [],
    webhookRetryFactor: read('ANTIPHON_WEBHOOK_RETRY_FACTOR', parseFactor) ?? 1,
    demo: demoOf(flags.demo),
    isUnderNpm: env['npm_command'] !== undefined,
  } satisfies Config
  if (config.metricsPort !== null && config.metricsPort === config.port) {
    wrong.push('ANTIPHON_METRICS_PORT must differ from PORT.')
  }
  if (wrong.length > 0) throw new ConfigError(wrong)
  return config
}

/** Where the server itself can be reached on this machine; where people reach it is `url`. */
export function localUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** Whether only this machine reaches the server. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function defaultOf(name: string): string {
  return variables.find((variable) => variable.name === name)?.default ?? ''
}

function demoOf(flag: boolean | undefined): Config['demo'] {
  if (flag === undefined) return 'auto'
  return flag ? 'always' : 'never'
}

function parseHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(host)) return host
  throw new Error(`must be an address or a host name, such as 127.0.0.1 or 0.0.0.0, not ${shown(text)}.`)
}

function parsePort(text: string, lowest: number): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= lowest && port <= 65_535) return port
  throw new Error(`must be a port number from ${lowest} to 65535, not ${shown(text)}.`)
}

function parseDirectory(text: string): string {
  if (text.includes('\0')) throw new Error('must be a directory.')
  return resolve(text)
}

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash
  if (url !== null && isOrigin && !url.username && !url.password) return url.origin
  throw new Error(`must be an http or https URL without a path, such as https://chat.example.com, not ${shown(text)}.`)
}

function parseNetworks(text: string): string[] {
  const networks = text.split(/[\s,]+/).filter((part) => part !== '')
  const bad = networks.filter((network) => !isNetwork(network))
  if (bad.length === 0) return networks
  throw new Error(
    `must be addresses or CIDRs, such as 10.0.0.0/8, with commas between; wrong: ${bad.map(shown).join(', ')}.`,
  )
}

function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more !== undefined) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

// The value never appears in the line: it is a secret even when it is a poor one.
function parseSecrets(text: string): [string, ...string[]] {
  const [first, ...rest] = text.split(',').map((part) => part.trim())
  if (first === undefined || [first, ...rest].some((secret) => secret.length < 32)) {
    throw new Error('must have 32 characters or more, in each part of `new,old`.')
  }
  return [first, ...rest]
}

// Nor here: the URL holds a password.
function parseDatabaseUrl(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  if (protocol === 'postgres:' || protocol === 'postgresql:') return text
  throw new Error('must be a URL such as postgres://user:password@host:5432/database.')
}

// Nor here.
function parseRedisUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isRedis = url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== ''
  if (isRedis && /^(\/\d*)?$/.test(url.pathname) && !url.search && !url.hash) return text
  throw new Error('must be a URL such as redis://user:password@host:6379/0, or rediss:// for TLS.')
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
}

function parseSize(text: string): number {
  const [, digits, unit] = /^(\d+)\s*([a-z]*)$/i.exec(text) ?? []
  const factor = UNITS[(unit ?? 'none').toLowerCase()]
  const size = Number(digits) * (factor ?? Number.NaN)
  if (Number.isSafeInteger(size) && size > 0) return size
  throw new Error(`must be a size in bytes, or such as 40MB, not ${shown(text)}.`)
}

function parseFactor(text: string): number {
  const factor = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && factor <= 1) return factor
  throw new Error(`must be a number from 0 to 1, not ${shown(text)}.`)
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
