/** After every file of tests: its servers stop, and nothing that they logged shows a secret, a cookie, an address or a password. */
import { afterAll, expect } from 'vitest'
import { logs, PASSWORD, stopServers } from './world.ts'

const SECRETS: readonly RegExp[] = [
  /ap_(?:test_)?[a-z\d]{16}_[A-Za-z\d]{43}/,
  /ck_[a-z\d]{16}:[A-Za-z\d]{43}/,
  /vt_[\w-]{20,}\./,
  /session_token/,
  /whsec_|postgres:\/\//,
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.(?:com|example|test)\b/,
  /[?&](?:q|after|before|email|signature|token)=/,
  new RegExp(PASSWORD),
  /a secret of the test world/,
]

afterAll(async () => {
  await stopServers()
  const lines = logs.flat()
  expect(lines.filter((line) => SECRETS.some((secret) => secret.test(line)))).toEqual([])
})
