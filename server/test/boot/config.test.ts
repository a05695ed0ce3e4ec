import { describe, expect, test } from 'vitest'
import { wantsDemo } from '../../src/boot/demo.ts'
import { ConfigError, readConfig, variables } from '../../src/config.ts'

const SECRET = 'a secret that is long enough for a test'

function linesOf(env: Record<string, string>, flags = {}): readonly string[] {
  try {
    readConfig(env, flags)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.lines
    throw error
  }
}

describe('settings', () => {
  test('nothing set is a server on loopback with everything in ./data', () => {
    const config = readConfig({})
    expect(config).toMatchObject({ host: '127.0.0.1', port: 3000, url: null, databaseUrl: null, secrets: null })
    expect(config).toMatchObject({ trustedProxies: [], outboundAllow: [], metricsPort: null, maxUpload: 40_000_000 })
    expect(config.data).toMatch(/\/data$/)
  })

  test('every wrong setting is told at once, one line each, naming its variable', () => {
    const wrong = {
      HOST: 'no host',
      PORT: '70000',
      ANTIPHON_URL: 'https://chat.example.com/path',
      ANTIPHON_TRUSTED_PROXIES: '10.0.0.0/33',
      ANTIPHON_SECRET: 'short',
      DATABASE_URL: 'mysql://localhost',
      REDIS_URL: 'http://localhost:6379',
      ANTIPHON_METRICS_PORT: 'yes',
      ANTIPHON_MAX_UPLOAD: 'much',
      ANTIPHON_OUTBOUND_ALLOW: 'intranet',
    }
    const lines = linesOf(wrong)
    expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual(Object.keys(wrong).sort())
    expect(lines.join('\n').split('\n')).toHaveLength(lines.length)
  })

  test('what a secret or a database URL says is never repeated', () => {
    const lines = linesOf({
      ANTIPHON_SECRET: 'hunter2',
      DATABASE_URL: 'mysql://me:hunter2@db',
      REDIS_URL: 'redis://:hunter2@cache/first',
    })
    expect(lines).toHaveLength(3)
    expect(lines.join()).not.toContain('hunter2')
  })

  test('DATABASE_URL needs a secret', () => {
    const [line, ...more] = linesOf({ DATABASE_URL: 'postgres://localhost/antiphon' })
    expect(line).toMatch(/^ANTIPHON_SECRET is required with DATABASE_URL/)
    expect(more).toEqual([])
    expect(linesOf({ DATABASE_URL: 'postgres://localhost/antiphon', ANTIPHON_SECRET: SECRET })).toEqual([])
  })

  test('REDIS_URL is a Redis or Valkey, with TLS or without, and a number of a database', () => {
    for (const url of [
      'redis://localhost',
      'redis://:secret@[::1]:6380/2',
      'rediss://me:secret@cache.example.com:6379/',
    ]) {
      expect(readConfig({ REDIS_URL: url }).redisUrl).toBe(url)
    }
    expect(readConfig({}).redisUrl).toBeNull()
    for (const url of [
      'localhost:6379',
      'redis:',
      'redis://host/name',
      'redis://host?db=1',
      'unix:///run/redis.sock',
    ]) {
      expect(linesOf({ REDIS_URL: url })).toEqual([expect.stringMatching(/^REDIS_URL must be a URL such as redis:/)])
    }
  })

  test('a flag wins over its variable, and is named when it is wrong', () => {
    expect(readConfig({ PORT: '4000' }, { port: '4001' }).port).toBe(4001)
    expect(linesOf({ PORT: '4000' }, { port: 'x' })).toEqual([expect.stringMatching(/^--port must be a port/)])
  })

  test('lists, sizes and secrets are read as they are written', () => {
    const config = readConfig({
      ANTIPHON_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      ANTIPHON_MAX_UPLOAD: '2 MiB',
      ANTIPHON_SECRET: `${SECRET},${SECRET} of before`,
      ANTIPHON_URL: 'https://chat.example.com/',
      HOST: '[::1]',
    })
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '::1'])
    expect(config.maxUpload).toBe(2 * 1024 * 1024)
    expect(config.secrets).toEqual([SECRET, `${SECRET} of before`])
    expect(config).toMatchObject({ url: 'https://chat.example.com', host: '::1' })
  })

  test('every variable is described by a type and a sentence', () => {
    for (const { name, type, why } of variables) {
      expect(name).toMatch(/^[A-Z_]+$/)
      expect(type).not.toBe('')
      expect(why).toMatch(/^[A-Z].*\.$/)
    }
  })
})

describe('demo data', () => {
  test('comes by itself only into an empty embedded database that only this machine reaches', () => {
    const external = { DATABASE_URL: 'postgres://db/antiphon', ANTIPHON_SECRET: SECRET }
    expect(wantsDemo(readConfig({}), true)).toBe(true)
    expect(wantsDemo(readConfig({}), false)).toBe(false)
    expect(wantsDemo(readConfig({ HOST: '0.0.0.0' }), true)).toBe(false)
    expect(wantsDemo(readConfig(external), true)).toBe(false)
  })

  test('comes when it is asked for, but never into a database that holds a workspace', () => {
    const asked = readConfig({ HOST: '0.0.0.0' }, { demo: true })
    expect(wantsDemo(asked, true)).toBe(true)
    expect(wantsDemo(asked, false)).toBe(false)
    expect(wantsDemo(readConfig({}, { demo: false }), true)).toBe(false)
  })
})
