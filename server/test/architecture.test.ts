/** The shape of the house, as a test. Read this file to learn the rules. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const SRC = join(ROOT, 'server/src')

interface Import {
  readonly from: string
  readonly to: string
}

const sources = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => [file, readFileSync(join(SRC, file), 'utf8')]),
)
const files = [...sources.keys()]
const text = (file: string) => sources.get(file) ?? ''
const order = listedModules(text('modules/index.ts'))

/** Imports of our own files, type imports included: an arrow is an arrow. */
function importsOf(sources: ReadonlyMap<string, string>): Import[] {
  return [...sources].flatMap(([from, code]) =>
    [...code.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => ({
      from,
      to: relative('.', normalize(join(dirname(from), match[1] ?? ''))),
    })),
  )
}

const FLOORS = ['kernel', 'modules', 'channels', 'dialects']
const floor = (file: string) => FLOORS.indexOf(file.split('/')[0] ?? '')
/** The folder of a module, channel or dialect that a file belongs to; undefined above and beside them. */
const owner = (file: string) =>
  floor(file) > 0 && file.split('/').length > 2 ? file.split('/').slice(0, 2).join('/') : undefined
const rank = (file: string) => order.indexOf(file.split('/')[1] ?? '')
const name = (file: string) => file.split('/').at(-1) ?? ''
const show = ({ from, to }: Import) => `${from} -> ${to}`
const crosses = ({ from, to }: Import) =>
  owner(from) !== undefined && owner(to) !== undefined && owner(from) !== owner(to)

/** Each rule picks the imports that break it. */
const rules: Record<string, (arrow: Import) => boolean> = {
  'the kernel knows no product words': ({ from, to }) => floor(from) === 0 && floor(to) !== 0,
  'a module imports only modules listed above it': (arrow) =>
    crosses(arrow) && floor(arrow.from) === 1 && (floor(arrow.to) !== 1 || rank(arrow.to) >= rank(arrow.from)),
  'between folders, only service, schema and events are public': (arrow) =>
    crosses(arrow) && !['service.ts', 'schema.ts', 'events.ts'].includes(name(arrow.to)),
  'channels and dialects never import one another': (arrow) =>
    crosses(arrow) && floor(arrow.from) >= 2 && floor(arrow.to) >= 2,
  'nothing below imports what puts it together': ({ from, to }) =>
    floor(from) >= 0 && floor(to) < 0 && to !== 'version.ts',
}

const broken = (imports: readonly Import[], rule: (arrow: Import) => boolean) => imports.filter(rule).map(show)

for (const [sentence, rule] of Object.entries(rules)) {
  test(sentence, () => expect(broken(importsOf(sources), rule)).toEqual([]))
}

test.each([
  ['the kernel knows no product words', 'kernel/http.ts', '../modules/users/service.ts'],
  ['a module imports only modules listed above it', 'modules/contacts/service.ts', '../conversations/service.ts'],
  [
    'between folders, only service, schema and events are public',
    'modules/messages/service.ts',
    '../contacts/queries.ts',
  ],
  ['channels and dialects never import one another', 'channels/api/routes.ts', '../web-chat/service.ts'],
  ['nothing below imports what puts it together', 'modules/users/service.ts', '../../config.ts'],
])('the rule that %s would notice it being broken', (sentence, file, target) => {
  const bad = new Map([...sources, [file, `${text(file)}\nimport '${target}'`]])
  expect(broken(importsOf(bad), rules[sentence] ?? (() => false))).toHaveLength(1)
})

test('every module folder stands in the list, and the list names no other', () => {
  const folders = readdirSync(join(SRC, 'modules'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map((folder) => folder.name).sort()).toEqual([...order].sort())
})

test('no imports go in circles between files', () => {
  expect(cycle(importsOf(sources).map(({ from, to }) => [from, to]))).toEqual([])
})

test('no imports go in circles between folders', () => {
  const folder = (file: string) => owner(file) ?? file.split('/').slice(0, -1).join('/')
  const arrows = importsOf(sources)
    .map(({ from, to }): [string, string] => [folder(from), folder(to)])
    .filter(([from, to]) => from !== to && from !== '' && to !== '')
  expect(cycle(arrows)).toEqual([])
})

test('only queries touch the database', () => {
  const touches = files.filter(
    (file) =>
      floor(file) > 0 && name(file) !== 'queries.ts' && /\.execute\(|executeQuery\(|executeTake/.test(text(file)),
  )
  expect(touches).toEqual([])
})

test('only config and commands read the environment', () => {
  const readers = files.filter((file) => text(file).includes('process.env'))
  expect(readers.filter((file) => !file.startsWith('commands/') && file !== 'main.ts')).toEqual([])
})

test('no tracked file of code is longer than 400 lines', () => {
  expect(tracked().filter((file) => /\.tsx?$/.test(file) && lines(file) > 400)).toEqual([])
})

test('nothing is named after nothing', () => {
  const empty = /(^|\/)(utils?|helpers?|lib|common|shared|core|types|constants)(\/|\.tsx?$)/
  expect(tracked().filter((file) => empty.test(file))).toEqual([])
})

/** The folders of the modules in the order of the list: each name of the array, by the import that brings it. */
function listedModules(index: string): string[] {
  const folders = new Map(
    [...index.matchAll(/import \{ (\w+) \} from '\.\/([a-z-]+)\/module\.ts'/g)].map((match) => [match[1], match[2]]),
  )
  const list = /modules: readonly Module\[\] = \[(.*?)\]/s.exec(index)?.[1] ?? ''
  return [...list.matchAll(/\w+/g)].map((match) => folders.get(match[0]) ?? match[0])
}

function tracked(): string[] {
  return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(ROOT, file)))
}

function lines(file: string): number {
  return readFileSync(join(ROOT, file), 'utf8').split('\n').length
}

/** One circle among the arrows, or nothing. */
function cycle(arrows: readonly (readonly [string, string])[]): string[] {
  const next = Map.groupBy(arrows, ([from]) => from)
  const done = new Set<string>()
  const walk = (node: string, path: readonly string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (done.has(node)) return []
    for (const [, to] of next.get(node) ?? []) {
      const found = walk(to, [...path, node])
      if (found.length > 0) return found
    }
    done.add(node)
    return []
  }
  for (const node of next.keys()) {
    const found = walk(node, [])
    if (found.length > 0) return found
  }
  return []
}
