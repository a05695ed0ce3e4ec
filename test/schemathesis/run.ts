/**
 * Asks a server of its own everything that its OpenAPI document allows and forbids, by schemathesis.
 *
 *   node test/schemathesis/run.ts [--examples <cases per operation and phase>] [--cases <at least so many>] [--port <port>]
 *
 * Python 3.10 or newer; schemathesis is installed beside the sources, in the versions of requirements.txt. What follows
 * `--` is handed to `st run`. Ends with exit code 1 when a check fails, or when there were fewer cases than asked for.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ASKABLE } from '../../server/src/modules/users/roles.ts'
import { ROOT } from '../check.ts'
import { freePort } from '../debian-postgres.ts'
import { command, lastLines, type Place, start, stopAll } from '../product.ts'

const HERE = join(ROOT, 'test/schemathesis')
const MODULES = join(ROOT, '.cache/schemathesis')
// What a run says of itself last but one: `Test cases: 2345 generated, …`.
const CASES = /^\s*(?:Test cases:)?\s*(\d+) generated/m

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    examples: { type: 'string', default: '10' },
    cases: { type: 'string', default: '500' },
    port: { type: 'string' },
  },
})

// The server believes its neighbour about addresses, and is let out to nobody.
process.env['ANTIPHON_TRUSTED_PROXIES'] = '127.0.0.1/32'
const port = values.port === undefined ? await freePort() : Number(values.port)
const place: Place = { root: ROOT, data: mkdtempSync(join(tmpdir(), 'antiphon-schemathesis-')), port }
process.on('SIGINT', () => void stopAll(place).then(() => process.exit(130)))
process.on('SIGTERM', () => void stopAll(place).then(() => process.exit(143)))

try {
  const st = provideSchemathesis()
  await start(place)
  const { code, said } = await ask(st, await makeBoundedKey())
  const cases = Number(CASES.exec(said)?.[1] ?? 0)
  const errors = readFileSync(`${place.data}.log`, 'utf8')
    .split('\n')
    .filter((line) => line.includes('a request failed'))
  for (const line of errors.slice(0, 20)) console.log(line)
  console.log(`${cases} cases; schemathesis ended with ${code}; ${errors.length} requests failed inside.`)
  process.exitCode = code === 0 && errors.length === 0 && cases >= Number(values.cases) ? 0 : 1
} catch (error) {
  console.error(error, existsSync(`${place.data}.log`) ? lastLines(place) : '')
  process.exitCode = 1
} finally {
  await stopAll(place)
  rmSync(place.data, { recursive: true, force: true })
  if (process.exitCode === 0) rmSync(`${place.data}.log`, { force: true })
}

/** Everything but to make keys: schemathesis would find those it made and use them. */
async function makeBoundedKey(): Promise<Record<string, string>> {
  const scopes = ASKABLE.filter((scope) => scope.endsWith(':*') && !scope.startsWith('api_keys:'))
  const { id } = await command(place, 'workspace', 'create', '--name', 'Any', '--requests-per-minute', 'unlimited')
  const asked = ['--name', 'Any', '--scopes', [...scopes, 'api_keys:read'].join(',')]
  const { bearer } = await command(place, 'key', 'create', '--workspace', `${id}`, ...asked)
  return { API_KEY: `${bearer}`, WORKSPACE: `${id}` }
}

async function ask(st: string, credential: Record<string, string>): Promise<{ code: number; said: string }> {
  const url = `http://127.0.0.1:${port}`
  const options = ['--max-examples', values.examples, '--checks', 'all', '--no-color', ...positionals]
  const config = ['--config-file', join(HERE, 'schemathesis.toml')]
  const python = { PYTHONPATH: HERE, PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn(st, [...config, 'run', `${url}/openapi.json`, ...options], {
    cwd: place.data, // where it leaves what it remembers
    env: { ...process.env, ...python, ...credential, BASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    process.stdout.write(text)
  })
  const [code] = await once(child, 'close')
  return { code: Number(code ?? 1), said }
}

/** The program `st`, in the pinned version; of `SCHEMATHESIS` where that is set. */
function provideSchemathesis(): string {
  const given = process.env['SCHEMATHESIS']
  if (given) return given
  const st = join(MODULES, 'bin/st')
  if (!existsSync(st)) execFileSync('python3', ['-m', 'venv', MODULES], { stdio: 'inherit' })
  const asked = ['install', '--quiet', '--disable-pip-version-check', '-r', join(HERE, 'requirements.txt')]
  execFileSync(join(MODULES, 'bin/pip'), asked, { stdio: 'inherit' })
  return st
}
