import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { antiphon, dataDirectory, isRunning, json, postgresPid } from './antiphon.ts'

const NOBODYS = '01890a5d-ac96-774b-bcce-b302099a8057'

describe('the command line', () => {
  test('wrong usage ends with 2 and explains itself on stderr', async () => {
    const wrong = [[], ['fly'], ['workspace', 'create'], ['start', '--fast'], ['key', 'create', '--workspace', 'x']]
    for (const args of wrong) {
      const { code, stdout, stderr } = await antiphon(args)
      expect([args, code, stdout]).toEqual([args, 2, ''])
      expect(stderr).not.toBe('')
    }
  })

  test('--json prints one document, also of what is wrong', async () => {
    const { code, stdout, stderr } = await antiphon(['workspace', 'create', '--json'])
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'usage', message: expect.stringContaining('--name') } })
  })

  test('wrong settings end with 2, all of them told', async () => {
    const env = { PORT: 'x', ANTIPHON_URL: 'y' }
    const { code, stderr } = await antiphon(['start'], { data: dataDirectory(), env })
    expect(code).toBe(2)
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^PORT /),
      expect.stringMatching(/^ANTIPHON_URL /),
    ])
    const { stdout } = await antiphon(['status', '--json'], { env })
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'config_invalid' })
  })

  test('every command has --help, and looking changes nothing', async () => {
    const data = join(dataDirectory(), 'none')
    const commands = ['start', 'migrate', 'status', 'doctor', 'workspace create', 'user sign-in-link', 'key revoke']
    for (const command of ['', ...commands]) {
      const { code, stdout } = await antiphon([...command.split(' ').filter(Boolean), '--help'], { data })
      expect([command, code]).toEqual([command, 0])
      expect(stdout).toMatch(/^Usage: antiphon/)
    }
    expect((await antiphon(['--version'], { data })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(await json(['status'], { data })).toMatchObject({ running: false, ready: false })
    expect(existsSync(data)).toBe(false)
  })
})

describe('commands without a server', () => {
  test('make a workspace, a user and a key on a database that is started for them and stopped', async () => {
    const data = dataDirectory()
    const workspace = await json(['workspace', 'create', '--name', 'Acme', '--plan', 'growth'], { data })
    expect(workspace).toEqual({
      id: expect.any(String),
      number: expect.any(Number),
      name: 'Acme',
      plan: 'growth',
      sandbox_id: expect.any(String),
    })
    expect(isRunning(postgresPid(data))).toBe(false)
    expect(statSync(join(data, 'secret')).mode & 0o777).toBe(0o600)

    const place = ['--workspace', String(workspace['id'])]
    const person = ['--email', 'Ann@Example.com', '--name', 'Ann', '--role', 'owner', '--password-stdin']
    const user = await json(['user', 'create', ...place, ...person], { data, input: 'a password of hers\n' })
    expect(user).toMatchObject({ email: 'ann@example.com', name: 'Ann', role: 'owner' })
    const key = await json(['key', 'create', ...place, '--name', 'k', '--scopes', 'contacts:read', '--test'], { data })
    expect(key).toMatchObject({ scopes: ['contacts:read'] })
    expect(key['bearer']).toBe(`ap_test_${key['id']}_${key['private_key']}`)
    expect(key['ck']).toBe(`ck_${key['id']}:${key['private_key']}`)
    expect(await json(['key', 'revoke', String(key['id'])], { data })).toEqual({ id: key['id'], revoked: true })

    const link = await json(['user', 'sign-in-link', '--email', 'ann@example.com'], { data })
    expect(link['url']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in#link=\w{43}$/)
    const changed = await json(['user', 'password', '--email', 'ann@example.com'], { data, input: 'another of hers' })
    expect(changed).toEqual({ email: 'ann@example.com', changed: true })
  })

  test('refusals end with 1 and a code', async () => {
    const data = dataDirectory()
    const refused = async (args: string[], input = '') => {
      const { code, stdout } = await antiphon([...args, '--json'], { data, input })
      expect(code).toBe(1)
      return JSON.parse(stdout).error.code
    }
    expect(await refused(['key', 'create', '--workspace', NOBODYS, '--name', 'k', '--scopes', '*'])).toBe(
      'workspace_not_found',
    )
    expect(await refused(['user', 'password', '--email', 'nobody@example.com'])).toBe('password_missing')
    expect(await refused(['user', 'password', '--email', 'nobody@example.com'], 'long enough')).toBe('not_found')
    expect(await refused(['workspace', 'create', '--name', 'Acme', '--time-zone', 'Mars/Base'])).toBe('invalid')
  })

  test('two at once wait for each other', async () => {
    const data = dataDirectory()
    const names = ['One', 'Two', 'Three']
    const all = await Promise.all(names.map((name) => json(['workspace', 'create', '--name', name], { data })))
    expect(new Set(all.map(({ number }) => number)).size).toBe(3)
  })

  test('another secret is refused', async () => {
    const data = dataDirectory()
    await json(['workspace', 'create', '--name', 'Acme'], { data })
    const env = { ANTIPHON_SECRET: 'a secret that belongs to another database' }
    const { code, stdout } = await antiphon(['workspace', 'list', '--json'], { data, env })
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'secret_mismatch'])
  })

  test('the doctor says of everything that it is well, or what to do', async () => {
    const data = dataDirectory()
    const { code, stdout } = await antiphon(['doctor', '--json'], { data })
    const { ok, checks } = JSON.parse(stdout)
    expect(checks.map(({ name }: { name: string }) => name)).toEqual([
      'node',
      'database',
      'schema',
      'clock',
      'disk',
      'port',
    ])
    expect([ok, code]).toEqual([false, 1])
    expect(checks.find(({ name }: { name: string }) => name === 'schema').remedy).toContain('antiphon migrate')
    expect((await json(['migrate'], { data }))['applied']).toContain('0000-instance')
    expect(await json(['doctor'], { data })).toMatchObject({ ok: true })
  })
})
