/** Chromium for the journeys: the one that CHROMIUM names, the system's, or Debian's, installed when root may. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** The path of a Chromium. Says what to do where there is none and none can be installed. */
export function provideBrowser(): string {
  const named = process.env['CHROMIUM']
  if (named) {
    if (isProgram(named)) return named
    throw new Error(`CHROMIUM names ${named}, which is no program.`)
  }
  const found = findBrowser()
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) install()
  const installed = findBrowser()
  if (installed) return installed
  throw new Error(
    'The journeys need Chromium, and there is none on the PATH. Install it (on Debian: apt-get install chromium), or name it in CHROMIUM.',
  )
}

function findBrowser(): string | undefined {
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram)
}

function install(): void {
  console.log('There is no Chromium: installing Debian’s.')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'inherit', 'inherit'], timeout: 5 * 60_000 })
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
