import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { allOf, inWords, nouns, testType, withNoun, withType } from './event-names.ts'

const table = readFileSync(new URL('../../../../docs/reference/events.md', import.meta.url), 'utf8')
const declared = [...table.matchAll(/^\| `([a-z_.]+)` \|/gm)].map(([, type]) => type)

const [noun] = nouns.filter(({ id }) => id === 'tag')

test('every event that is declared can be picked, and no other', () => {
  expect(declared.length).toBeGreaterThan(30)
  const offered = nouns.flatMap(({ id, events }) => events.map(({ type }) => ({ id, type })))
  expect([...offered.map(({ type }) => type), testType].sort()).toEqual(declared.sort())
  expect(offered.filter(({ id, type }) => !type.startsWith(`${id}.`))).toEqual([])
})

test('taking one event out of all of a noun leaves the others by name', () => {
  if (!noun) throw new Error('There are tags.')
  const all = withNoun(['contact.created', 'tag.created'], noun, true)
  expect(all).toEqual(['contact.created', allOf('tag')])
  expect(withType(all, noun, { type: 'tag.updated', on: false })).toEqual([
    'contact.created',
    'tag.created',
    'tag.deleted',
  ])
  expect(withType(['tag.created'], noun, { type: 'tag.deleted', on: true })).toEqual(['tag.created', 'tag.deleted'])
  expect(withNoun(all, noun, false)).toEqual(['contact.created'])
})

test('what an endpoint hears is said in a few words', () => {
  expect(inWords(['*'])).toBe('Everything')
  expect(inWords(['message.*', 'api_key.*'])).toBe('All of messages and API keys')
  expect(inWords(['message.*', 'contact.created'])).toBe('All of messages; contact.created')
  expect(inWords(['tag.created', 'tag.updated', 'tag.deleted'])).toBe('3 events')
})
