/** The table of settings in the guide, between two marks in a page whose words are written by hand. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Variable, variables } from '../../server/src/config.ts'
import { ROOT } from '../check.ts'
import type { Paper } from './list.ts'

const PATH = 'docs/guide/configure.md'
const BETWEEN = /(<!-- settings: written by npm run generate -->\n)[\s\S]*?(<!-- end of settings -->)/

export const configure: Paper = {
  path: PATH,
  make: () => {
    const rows = variables.map(row)
    const table = ['| variable | takes | default | what for |', '|---|---|---|---|', ...rows].join('\n')
    return readFileSync(join(ROOT, PATH), 'utf8').replace(BETWEEN, (_all, from, to) => `${from}\n${table}\n\n${to}`)
  },
}

function row({ name, type, default: preset, why }: Variable): string {
  return `| \`${name}\` | ${type} | ${preset ? `\`${preset}\`` : ''} | ${why} |`
}
