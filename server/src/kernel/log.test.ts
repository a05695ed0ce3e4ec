import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { gather } from './log.ts'

test('lines are written together, in their order, within a quarter of a second', async () => {
  const written: string[] = []
  const out = gather({ write: (text) => written.push(text) })
  out.write('one\n')
  out.write('two\n')
  expect(written).toEqual([])
  await sleep(400)
  expect(written).toEqual(['one\ntwo\n'])
})

test('many lines do not wait', () => {
  const written: string[] = []
  const out = gather({ write: (text) => written.push(text) })
  for (let n = 0; n < 100; n++) out.write(`${'x'.repeat(100)}\n`)
  expect(written.length).toBeGreaterThan(1)
})
