/** Versions of rows: every change of a row adds one; `ETag` shows it, `If-Match` holds a caller to it. */
import type { Ctx } from './context.ts'
import { versionMismatch } from './errors.ts'

/** Refuses when the caller named, by `If-Match`, a version that is no longer the row's. */
export function requireVersion(ctx: Ctx, version: number): void {
  if (ctx.if_match !== null && !ctx.if_match.includes(String(version))) throw versionMismatch()
}

export function etag(version: number): string {
  return `"${version}"`
}

/** The versions that an `If-Match` header names; null for none and for `*`. Weak ones never match. */
export function readVersions(header: string | undefined): readonly string[] | null {
  if (header === undefined || header.trim() === '*') return null
  return header.split(',').map((part) => /^"([^"]*)"$/.exec(part.trim())?.[1] ?? '')
}
