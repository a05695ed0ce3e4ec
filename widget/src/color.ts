/** Colours by the numbers of WCAG 2: how far apart two are, and the nearest one that can be read. */

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number]

export const WHITE: Rgb = [255, 255, 255]
export const INK: Rgb = [24, 22, 19]

/** The accent of the house, for customers who set none. */
export const ACCENT: Rgb = [0, 120, 125]

/** `#rgb` or `#rrggbb`; anything else is not a colour here. */
export function parse(text: string | null | undefined): Rgb | null {
  const hex = (text ?? '').trim().replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')
  if (!/^#[0-9a-f]{6}$/i.test(hex)) return null
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

export function format([red, green, blue]: Rgb): string {
  return `#${((1 << 24) | (red << 16) | (green << 8) | blue).toString(16).slice(1)}`
}

/** 1 (the same) to 21 (black on white). */
export function contrast(one: Rgb, other: Rgb): number {
  const ratio = (luminance(one) + 0.05) / (luminance(other) + 0.05)
  return Math.max(ratio, 1 / ratio)
}

/** A filled surface in the brand colour and what is written on it: ≥ 4.5:1. A mid tone is darkened a little to carry white. */
export function filled(brand: Rgb): { ground: Rgb; text: Rgb } {
  if (contrast(brand, WHITE) < 3) return { ground: brand, text: INK }
  return { ground: readable(brand, WHITE, 4.5), text: WHITE }
}

/** `color` itself if it stands out from `ground` by `ratio`, else the nearest towards black (on light) or white that does. */
export function readable(color: Rgb, ground: Rgb, ratio: number): Rgb {
  const isLight = luminance(ground) > 0.18
  let nearest = color
  while (contrast(nearest, ground) < ratio) {
    const step = (channel: number) => (isLight ? Math.floor(channel * 0.97) : Math.ceil(channel * 0.97 + 7.65))
    nearest = [step(nearest[0]), step(nearest[1]), step(nearest[2])]
  }
  return nearest
}

function luminance(color: Rgb): number {
  const linear = (channel: number) => (channel <= 10 ? channel / 3295 : ((channel / 255 + 0.055) / 1.055) ** 2.4)
  return 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2])
}
