/** Puts the customer's colour on the page, corrected until it can be read; through the CSSOM, for inline styles are forbidden here. */
import { ACCENT, filled, format, parse, type Rgb, readable } from '../color.ts'

/** The grounds nearest to the brand colour on which it is written: `--sunk` by day and by night. */
const PAPER: Rgb = [240, 237, 232]
const NIGHT: Rgb = [39, 37, 33]

export function paint(color: string | null): void {
  const brand = parse(color) ?? ACCENT
  const { ground, text } = filled(brand)
  const tokens = {
    '--brand': ground,
    '--on-brand': text,
    '--brand-on-paper': readable(brand, PAPER, 4.5),
    '--brand-on-night': readable(brand, NIGHT, 4.5),
  }
  for (const [name, value] of Object.entries(tokens)) document.documentElement.style.setProperty(name, format(value))
}
