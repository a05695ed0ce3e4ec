/** How one check runs: tools by their exit code, tests by what Vitest counts. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Outcome {
  readonly passed: number
  readonly failed: number
}

interface VitestReport {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

export const ROOT = join(import.meta.dirname, '..')
const MINUTES = 60_000

/** Runs tools one after the other, all of them. A tool has no cases: it counts only when it fails. */
export function runTool(...commands: readonly (readonly [string, ...string[]])[]): Outcome {
  const codes = commands.map((command) => run(command, {}))
  return { passed: 0, failed: codes.filter((code) => code !== 0).length }
}

/** Runs Vitest projects and counts their cases. A file that could not be run counts as one that failed. */
export function runTests(projects: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
  const directory = mkdtempSync(join(tmpdir(), 'antiphon-report-'))
  const file = join(directory, 'report.json')
  try {
    const named = projects.map((project) => `--project=${project}`)
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const code = run(['vitest', 'run', ...named, ...reporters], env)
    const report: VitestReport = JSON.parse(readFileSync(file, 'utf8'))
    const broken = report.testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0)
    const failed = report.numFailedTests + broken.length
    return { passed: report.numPassedTests, failed: code === 0 ? failed : Math.max(1, failed) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Runs a program of node_modules, or of the system, from the root; answers its exit code. */
export function run([program, ...args]: readonly [string, ...string[]], env: Readonly<Record<string, string>>): number {
  const path = `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`
  const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1' }
  const { status, error } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...plain, PATH: path, ...env },
    timeout: 10 * MINUTES,
  })
  if (error) throw error
  return status ?? 1
}
