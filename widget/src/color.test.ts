import { expect, test } from 'vitest'
import { ACCENT, contrast, filled, format, INK, parse, type Rgb, readable, WHITE } from './color.ts'

test('reads short and long hex colours, and nothing else', () => {
  expect(parse('#0f766e')).toEqual([15, 118, 110])
  expect(parse(' #FA0 ')).toEqual([255, 170, 0])
  for (const nonsense of ['', 'teal', '#12', '#12345', '#12345g', 'rgb(1,2,3)', 'url(//x)', null, undefined]) {
    expect(parse(nonsense)).toBeNull()
  }
})

test('writes what it read', () => {
  expect(format([0, 10, 255])).toBe('#000aff')
})

test('measures contrast as WCAG does', () => {
  expect(contrast([0, 0, 0], WHITE)).toBeCloseTo(21, 5)
  expect(contrast([118, 118, 118], WHITE)).toBeCloseTo(4.54, 2)
  expect(contrast(WHITE, [118, 118, 118])).toBeCloseTo(4.54, 2)
})

test('leaves a brand colour alone that can carry white', () => {
  expect(filled(ACCENT)).toEqual({ ground: ACCENT, text: WHITE })
})

test('writes in ink on a light brand colour', () => {
  const yellow: Rgb = [255, 221, 0]
  expect(filled(yellow)).toEqual({ ground: yellow, text: INK })
})

test('any brand colour ends readable: as a surface, and as text on paper and at night', () => {
  for (let red = 0; red < 256; red += 17) {
    for (let green = 0; green < 256; green += 17) {
      for (let blue = 0; blue < 256; blue += 17) {
        const brand: Rgb = [red, green, blue]
        const { ground, text } = filled(brand)
        expect(contrast(ground, text), `${brand}`).toBeGreaterThanOrEqual(4.5)
        for (const surface of [WHITE, INK]) {
          expect(contrast(readable(brand, surface, 4.5), surface), `${brand}`).toBeGreaterThanOrEqual(4.5)
        }
      }
    }
  }
})
