/**
 * Follows docs/inside/add-a-module.md to the letter in a copy of the tree: writes the files it prints, makes the changes
 * it shows, runs the commands it names. Fails where the page does.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT, run } from './check.ts'
import { ourFiles } from './papers/tree.ts'

const PAGE = 'docs/inside/add-a-module.md'

interface Block {
  readonly language: string
  readonly path: string
  readonly text: string
}

const copy = mkdtempSync(join(tmpdir(), 'antiphon-page-'))
try {
  copyTree()
  const blocks = blocksOf(readFileSync(join(ROOT, PAGE), 'utf8'))
  if (blocks.length === 0) throw new Error(`${PAGE} shows nothing to do.`)
  for (const block of blocks) follow(block)
  console.log(`${PAGE} works as printed: ${blocks.length} steps.`)
} finally {
  rmSync(copy, { recursive: true, force: true })
}

function copyTree(): void {
  for (const path of ourFiles()) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    cpSync(join(ROOT, path), join(copy, path))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  execFileSync('git', ['init', '-q'], { cwd: copy })
}

/** Fenced blocks: the first word says what it is, the second where it goes. Other words belong to the reader. */
function blocksOf(page: string): Block[] {
  const found = page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)
  return [...found].map(([, language = '', path = '', text = '']) => ({ language, path, text }))
}

function follow({ language, path, text }: Block): void {
  if (language === 'sh') for (const line of text.trim().split('\n')) command(line)
  else if (language === 'diff') write(path, change(readFileSync(join(copy, path), 'utf8'), text, path))
  else write(path, text)
}

function write(path: string, text: string): void {
  console.log(`· ${path}`)
  mkdirSync(dirname(join(copy, path)), { recursive: true })
  writeFileSync(join(copy, path), text)
}

function command(line: string): void {
  console.log(`$ ${line}`)
  if (run(['sh', '-c', `cd '${copy}' && ${line}`], {}) !== 0) throw new Error(`${PAGE}: this fails: ${line}`)
}

/** Adds each `+` line after the line before it, which must be there once. */
function change(file: string, diff: string, path: string): string {
  const lines = file.split('\n')
  let at = -1
  for (const shown of diff.trimEnd().split('\n')) {
    const line = shown.slice(1)
    if (shown.startsWith('+')) lines.splice(++at, 0, line)
    else at = lines.indexOf(line)
    if (at < 0 || (!shown.startsWith('+') && lines.lastIndexOf(line) !== at)) {
      throw new Error(`${PAGE}: ${path} does not hold this line once: ${line}`)
    }
  }
  return lines.join('\n')
}
