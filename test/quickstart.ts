/**
 * Does what README.md says under "Quickstart", to the letter but for the port: starts the server as printed, runs each
 * line in a shell, and looks whether the last one tells of the message that was sent.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './check.ts'
import { freePort } from './debian-postgres.ts'

const PRINTED_PORT = '3000'
const READY_MS = 3 * 60_000

const page = readFileSync(join(ROOT, 'README.md'), 'utf8')
const lines = /^## Quickstart$[\s\S]*?^```sh\n([\s\S]*?)^```$/m.exec(page)?.[1]?.trim().split('\n') ?? []
if (lines.length !== 5) throw new Error(`The quickstart in README.md has ${lines.length} lines, not five.`)

const port = await freePort()
const data = mkdtempSync(join(tmpdir(), 'antiphon-quickstart-'))
const env = { ...process.env, PORT: String(port), ANTIPHON_DATA: data }
const server = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] })
const gone = once(server, 'exit')
try {
  await awaitReady()
  const script = lines.join('\n').replaceAll(PRINTED_PORT, String(port))
  const said = execFileSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: ROOT, env, encoding: 'utf8' })
  if (!said.includes('"message.sent"')) throw new Error(`The quickstart does not say that a message was sent:\n${said}`)
  console.log('The quickstart works as printed.')
} finally {
  server.kill('SIGTERM')
  await gone
  await awaitStop()
  rmSync(data, { recursive: true, force: true })
}

async function awaitReady(): Promise<void> {
  for (const until = Date.now() + READY_MS; !(await answers()); await sleep(200)) {
    if (server.exitCode !== null || Date.now() > until) throw new Error('The server did not start.')
  }
}

// npm may be gone before the server that it started.
async function awaitStop(): Promise<void> {
  for (const until = Date.now() + 15_000; (await answers()) && Date.now() < until; ) await sleep(100)
  await sleep(500)
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(1_000) })).ok
  } catch {
    return false
  }
}
