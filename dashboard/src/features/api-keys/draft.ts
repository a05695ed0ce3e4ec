/** A key as it stands in the form, and what of it is said to the server. */

import { isSame, presets, spelledOut } from './resources.ts'
import type { ApiKey, KeyInput, KeyPatch } from './schema.ts'

export type Draft = {
  name: string
  mode: 'live' | 'test'
  scopes: string[]
  /** A choice of the list: days from now, `never`, `on` a date, or `kept` as it is. */
  end: 'never' | 'on' | 'kept' | '30' | '90' | '365'
  date: string
  limit: string
  allow: string
}

export function draftOf(key: ApiKey | undefined, mode: Draft['mode']): Draft {
  if (!key) return { name: '', mode, scopes: [...presets[2].scopes], end: 'never', date: '', limit: '', allow: '' }
  return {
    name: key.name,
    mode: key.mode,
    scopes: spelledOut(key.scopes),
    end: key.expires_at ? 'kept' : 'never',
    date: '',
    limit: key.requests_per_minute === null ? '' : String(key.requests_per_minute),
    allow: key.allow.join('\n'),
  }
}

export function inputOf(draft: Draft, now: number): KeyInput {
  return {
    name: draft.name.trim(),
    mode: draft.mode,
    scopes: draft.scopes,
    expires_at: endOf(draft, now) ?? null,
    requests_per_minute: limitOf(draft),
    allow: linesOf(draft.allow),
  }
}

/** Only what was changed. */
export function patchOf(draft: Draft, key: ApiKey, now: number): KeyPatch {
  const expires_at = endOf(draft, now)
  const patch: KeyPatch = {}
  if (draft.name.trim() !== key.name) patch.name = draft.name.trim()
  if (!isSame(draft.scopes, key.scopes)) patch.scopes = draft.scopes
  if (expires_at !== undefined && expires_at !== key.expires_at) patch.expires_at = expires_at
  if (limitOf(draft) !== key.requests_per_minute) patch.requests_per_minute = limitOf(draft)
  if (linesOf(draft.allow).join('\n') !== key.allow.join('\n')) patch.allow = linesOf(draft.allow)
  return patch
}

export function linesOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The end of the chosen day where the person is; undefined where it stays as it is. */
function endOf({ end, date }: Draft, now: number): string | null | undefined {
  if (end === 'kept') return undefined
  if (end === 'never') return null
  if (end !== 'on') return new Date(now + Number(end) * 86_400_000).toISOString()
  const day = new Date(`${date}T23:59:59`)
  return Number.isNaN(day.getTime()) ? null : day.toISOString()
}

function limitOf({ limit }: Draft): number | null {
  return limit.trim() === '' ? null : Number(limit)
}
