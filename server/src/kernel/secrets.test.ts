import { expect, test } from 'vitest'
import { equal, makeSecrets, sha256 } from './secrets.ts'

const OLD = 'an old secret, long enough to be a secret'
const NEW = 'a new secret, long enough to be one as well'

test('a signature is good for its text and its purpose only', () => {
  const secrets = makeSecrets([OLD])
  const signature = secrets.sign('visitor', 'text')
  expect(secrets.verify('visitor', 'text', signature)).toBe(true)
  for (const [purpose, text, other] of [
    ['cursor', 'text', signature],
    ['visitor', 'texts', signature],
    ['visitor', 'text', `${signature}=`],
    ['visitor', 'text', signature.slice(0, -1)],
    ['visitor', 'text', ''],
    ['visitor', 'text', makeSecrets([NEW]).sign('visitor', 'text')],
  ] as const) {
    expect(secrets.verify(purpose, text, other)).toBe(false)
  }
})

test('a signature has one spelling', () => {
  const secrets = makeSecrets([OLD])
  const signature = secrets.sign('visitor', 'text')
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const spelled = [...alphabet].filter((char) => secrets.verify('visitor', 'text', signature.slice(0, -1) + char))
  expect(spelled).toEqual([signature.at(-1)])
})

test('after a rotation the new secret signs and both are believed; without the old one nothing of it is', () => {
  const before = makeSecrets([OLD])
  const during = makeSecrets([NEW, OLD])
  const after = makeSecrets([NEW])
  const [signed, sealed] = [before.sign('p', 'x'), before.encrypt('p', 'x')]
  expect([during.verify('p', 'x', signed), during.decrypt('p', sealed)]).toEqual([true, 'x'])
  expect(during.sign('p', 'x')).toBe(after.sign('p', 'x'))
  expect(after.decrypt('p', during.encrypt('p', 'x'))).toBe('x')
  expect([after.verify('p', 'x', signed), after.decrypt('p', sealed)]).toEqual([false, null])
})

test('what was sealed opens for its purpose, whole, and is never sealed alike', () => {
  const secrets = makeSecrets([OLD])
  const text = 'Grüße 🦜\0 \uFFFD'
  const sealed = secrets.encrypt('p', text)
  expect(secrets.decrypt('p', sealed)).toBe(text)
  expect(secrets.encrypt('p', text)).not.toBe(sealed)
  expect(secrets.decrypt('q', sealed)).toBeNull()
  for (const bad of ['', 'x', sealed.slice(0, -2), sealed.slice(2), `A${sealed.slice(1)}`, `${sealed}AAAA`]) {
    if (bad !== sealed) expect(secrets.decrypt('p', bad)).toBeNull()
  }
})

test('things of different lengths are unequal and break nothing', () => {
  expect([
    equal(sha256('a'), sha256('a')),
    equal(sha256('a'), sha256('b')),
    equal(sha256('a'), Buffer.alloc(3)),
  ]).toEqual([true, false, false])
})
