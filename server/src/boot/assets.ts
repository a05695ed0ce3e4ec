/** The dashboard, the widget and the reference, built once from these very sources: a hash of them names the directory of the build. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { giveToOwnerOfDirectory } from './lock.ts'
import { BootRefusal, codeOf } from './refusal.ts'
import { type Steps, span } from './steps.ts'

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))
const PARTS = ['dashboard', 'widget'] as const
const SCRIPTS = ['build-assets.ts', 'build-reference.ts'] as const
const BUILD_MS = 5 * 60_000
/** The build before this one stays, for pages that are still open. */
const KEPT = 2

export interface Assets {
  /** Holds `dashboard/`, `widget/` and `docs/`. */
  readonly directory: string
}

/** The build of the sources as they are now, made when there is none under `<data>/assets`. */
export function provideAssets(data: string, steps: Steps): Promise<Assets> {
  return steps.step('Pages', async (note) => {
    const all = join(data, 'assets')
    const directory = join(all, await hashSources())
    const isBuilt = existsSync(directory)
    if (!isBuilt) await build(all, directory, steps)
    await prune(all, directory)
    note(isBuilt ? 'dashboard and widget, built before' : 'dashboard and widget built')
    return { directory }
  })
}

// Only a directory that was built to its end gets its name, so one that exists is whole.
async function build(all: string, directory: string, steps: Steps): Promise<void> {
  const beside = `${directory}.${process.pid}.building`
  await mkdir(beside, { recursive: true })
  giveToOwnerOfDirectory(all)
  steps.say('  Building the dashboard and the widget, once for these sources …')
  for (const part of PARTS) {
    const began = performance.now()
    await runBuild('build-assets.ts', [join(PROJECT, part), join(beside, part)])
    steps.say(`  · ${part} built (${span(performance.now() - began)})`)
  }
  await runBuild('build-reference.ts', [join(beside, 'docs')])
  await rename(beside, directory).catch((error) => {
    // Another start on a directory shared with this one was first.
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error
  })
}

/** Builds in a process of its own, so that the bundler's memory is given back. */
function runBuild(name: (typeof SCRIPTS)[number], args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [scriptOf(name), ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: BUILD_MS,
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) return resolve()
      reject(
        new BootRefusal(
          'build_failed',
          `${name} failed on ${args[0]} (${signal ?? `exit ${code}`}):\n${said.join('').trim()}`,
        ),
      )
    })
  })
}

async function prune(all: string, current: string): Promise<void> {
  const names = (await readdir(all)).map((name) => join(all, name)).filter((path) => path !== current)
  const dated = await Promise.all(names.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })))
  const whole = dated.filter(({ path }) => !path.endsWith('.building')).sort((a, b) => b.at - a.at)
  const old = [...whole.slice(KEPT - 1), ...dated.filter(({ path }) => path.endsWith('.building'))]
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })))
}

async function hashSources(): Promise<string> {
  const files = (await Promise.all(PARTS.map((part) => listFiles(join(PROJECT, part))))).flat()
  files.push(join(PROJECT, 'package-lock.json'), ...SCRIPTS.map(scriptOf))
  const hash = createHash('sha256')
  const contents = await Promise.all(files.map((file) => readFile(file)))
  for (const [index, file] of files.entries()) {
    const content = contents[index] ?? Buffer.alloc(0)
    hash.update(`${relative(PROJECT, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 16)
}

function scriptOf(name: (typeof SCRIPTS)[number]): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url))
}

const NOT_SOURCES = new Set(['node_modules', 'dist', 'test'])

async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const kept = entries.filter(({ name }) => !NOT_SOURCES.has(name) && !/\.test\.tsx?$/.test(name))
  const nested = kept.map((entry) => {
    const path = join(directory, entry.name)
    return entry.isDirectory() ? listFiles(path) : [path]
  })
  return (await Promise.all(nested)).flat().sort()
}
