/** The verifier that the guide on webhooks prints in TypeScript takes what this server signs, and nothing else. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../test/check.ts'
import { deliveries } from '../../test/verifiers/deliveries.ts'

type Verify = (secret: string, body: string, headers: Readonly<Record<string, string>>) => { type?: string }

let directory = ''
let verify: Verify
beforeAll(async () => {
  const page = readFileSync(join(ROOT, 'docs/guide/webhooks.md'), 'utf8')
  const printed = /^```ts verify\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ''
  // Beside our own modules, so that it finds the library.
  directory = await mkdtemp(join(ROOT, 'node_modules/.verifier-'))
  await writeFile(join(directory, 'verify.ts'), printed)
  verify = (await import(join(directory, 'verify.ts'))).verify
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test.each(deliveries())('$what', ({ one, isGood }) => {
  if (isGood) expect(verify(one.secret, one.body, one.headers)).toMatchObject({ type: 'message.received' })
  else expect(() => verify(one.secret, one.body, one.headers)).toThrow()
})
