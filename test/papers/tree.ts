/** The files of the repository: those that git tracks, and new ones that it does not ignore. */
import { execFileSync } from 'node:child_process'
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../check.ts'

const BINARY = /\.(png|jpe?g|gif|webp|ico|woff2?|mp4|pdf)$/

/** Paths from the root. */
export function ourFiles(): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0')
  return listed.filter((path) => lstatSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile())
}

/** The text of every file that is text. */
export function ourTexts(): Map<string, string> {
  const paths = ourFiles().filter((path) => !BINARY.test(path))
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]))
}
