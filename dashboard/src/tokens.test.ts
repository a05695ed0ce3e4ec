/** Every colour that carries words can be read on every paper it is put on, in light and in dark. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

type Rgb = [number, number, number]
type Token = { light: Rgb; dark: Rgb }

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const colour = String.raw`oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)`
const tokens = new Map<string, Token>()
for (const match of css.matchAll(
  new RegExp(String.raw`--([\w-]+):\s*light-dark\(\s*${colour},\s*${colour}\s*\)`, 'g'),
)) {
  const [name = '', ...numbers] = match.slice(1)
  const [l = 0, c = 0, h = 0, dl = 0, dc = 0, dh = 0] = numbers.map(Number)
  tokens.set(name, { light: linear(l / 100, c, h), dark: linear(dl / 100, dc, dh) })
}

const papers = ['paper', 'surface', 'raised', 'hover', 'selected']
const inks = ['ink', 'ink-2', 'ink-3', 'accent-ink', 'amber', 'red', 'green', 'violet']
const pairs = [
  ...inks.flatMap((ink) => papers.map((paper) => [ink, paper])),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['accent-ink', 'accent-paper'],
  ['amber', 'amber-paper'],
  ['red', 'red-paper'],
  ['ink', 'violet-paper'],
  ['ink-3', 'violet-paper'],
  ['violet', 'violet-paper'],
  ['on-inverse', 'inverse'],
]

describe.each(['light', 'dark'] satisfies (keyof Token)[])('in %s', (mode) => {
  test.each(pairs)('words in %s can be read on %s', (ink = '', paper = '') => {
    expect(contrast(get(ink)[mode], get(paper)[mode])).toBeGreaterThanOrEqual(4.5)
  })

  test.each(papers)('the ring of focus and the edge of a field can be seen on %s', (paper) => {
    expect(contrast(get('accent')[mode], get(paper)[mode])).toBeGreaterThanOrEqual(3)
  })
})

function get(name: string): Token {
  const token = tokens.get(name)
  if (!token) throw new Error(`There is no token ${name}.`)
  return token
}

function contrast(a: Rgb, b: Rgb): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

function luminance([r, g, b]: Rgb): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** OKLCH to linear sRGB, clipped to what a screen can show. */
function linear(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value))
}
