/** How long a refusal takes does not tell whether there is such a key. */
import { expect, test } from 'vitest'
import { startServer, world } from '../../../test/world.ts'
import { randomBase36, randomBase62 } from '../../kernel/ids.ts'
import { sha256 } from '../../kernel/secrets.ts'

const ROUNDS = 400

test('a wrong secret of a key that exists is refused as fast as that of one that does not, kept in memory or not', async () => {
  const w = await world({ on: startServer({ env: { ANTIPHON_TRUSTED_PROXIES: '127.0.0.1' } }) })
  const existing = Array.from({ length: ROUNDS }, () => randomBase36(16))
  await w.sql(
    `insert into api_keys (id, workspace_id, name, secret_hash, scopes, created_at, updated_at)
     select id, $2, 'k', $3, '{*}', now(), now() from unnest($1::text[]) id`,
    [existing, w.id, sha256('another')],
  )
  let asked = 0
  const refusal = async (id: string): Promise<number> => {
    asked++
    const headers = { 'x-forwarded-for': `198.18.${asked >> 8}.${asked & 255}` }
    const began = performance.now()
    const { status } = await w.get('/v1/me', { as: `ap_${id}_${randomBase62(43)}`, headers })
    const took = performance.now() - began
    expect(status).toBe(401)
    return took
  }
  for (const id of existing.slice(0, 20)) await refusal(id)

  const times = { unknown: { first: [], again: [] }, known: { first: [], again: [] } } as Record<
    'unknown' | 'known',
    Record<'first' | 'again', number[]>
  >
  for (const [index, known] of existing.slice(20).entries()) {
    const pair = [['known', known] as const, ['unknown', randomBase36(16)] as const]
    for (const [which, id] of index % 2 === 0 ? pair : pair.reverse()) {
      times[which].first.push(await refusal(id))
      times[which].again.push(await refusal(id))
    }
  }
  for (const when of ['first', 'again'] as const) {
    const ratio = median(times.known[when]) / median(times.unknown[when])
    expect(ratio, when).toBeGreaterThan(0.85)
    expect(ratio, when).toBeLessThan(1.18)
  }
  await w.app.drain()
})

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
