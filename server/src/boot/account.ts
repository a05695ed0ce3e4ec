/** Under whose uid PostgreSQL runs: it refuses root, so root lends it another's, which must be able to reach its files. */
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, statSync } from 'node:fs'
import { codeOf } from './refusal.ts'

/** null: our own. */
export type Account = { readonly uid: number; readonly gid: number } | null

const NOBODY = { uid: 65_534, gid: 65_534 }

/** The owner of the first of `paths` that exists and is not root's; `nobody` where there is none. */
export function accountFor(paths: readonly string[]): Account {
  if (process.getuid?.() !== 0) return null
  for (const path of paths) {
    const owner = ownerOf(path)
    if (owner && owner.uid !== 0) return owner
  }
  return NOBODY
}

/** Whether the account may enter `directory`. Tried rather than computed: modes are not all that decides. */
export function canEnter(account: Account, directory: string): boolean {
  if (!account) return true
  const tried = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], { ...account, cwd: '/', stdio: 'ignore' })
  return tried.status === 0
}

/** Makes a directory that only the account enters. One that is there is left as it is: it may be somebody else's. */
export function makePrivate(directory: string, account: Account): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    throw error
  }
  if (account) chownSync(directory, account.uid, account.gid)
}

function ownerOf(path: string): { uid: number; gid: number } | null {
  try {
    const { uid, gid } = statSync(path)
    return { uid, gid }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}
