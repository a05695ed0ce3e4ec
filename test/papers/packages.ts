/** Every package that the lock file names, whether or not it is installed on this platform. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../check.ts'

export interface Package {
  readonly name: string
  readonly version: string
  /** An SPDX expression, or `unknown`. */
  readonly licence: string
  /** Needed only to work on Antiphon, not to run it. */
  readonly isForDevelopment: boolean
}

interface Locked {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
}

/** In the order of their names; one of several versions of a package comes once for each. */
export function lockedPackages(): Package[] {
  const lock: { packages: Record<string, Locked> } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
  const found = Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, locked]) => read(path, locked))
  const unique = new Map(found.map((one) => [`${one.name}@${one.version}`, one]))
  for (const one of found) if (!one.isForDevelopment) unique.set(`${one.name}@${one.version}`, one)
  return [...unique.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version))
}

function read(path: string, locked: Locked): Package {
  return {
    name: path.split('node_modules/').at(-1) ?? path,
    version: locked.version ?? '',
    licence: locked.license ?? installedLicence(path),
    isForDevelopment: locked.dev === true,
  }
}

function installedLicence(path: string): string {
  const file = join(ROOT, path, 'package.json')
  if (!existsSync(file)) return 'unknown'
  const { license }: { license?: unknown } = JSON.parse(readFileSync(file, 'utf8'))
  return typeof license === 'string' ? license : 'unknown'
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
