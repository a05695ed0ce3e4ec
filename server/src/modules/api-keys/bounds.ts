/**
 * Nobody gives a key more than they have themselves.
 *
 * What a caller has: their scopes; the role of whom they act for; and, where they are a key, its own end, places and limit.
 * It bounds what they may make, and every change that gives more: wider scopes, a later end, more places, a higher limit,
 * switching on, a new secret. Taking away is free to all who may write keys.
 */
import type { Tx } from '../../kernel/context.ts'
import { type FieldError, invalid, refusal } from '../../kernel/errors.ts'
import { allows } from '../../kernel/gate.ts'
import { ROLES, type Role } from '../users/schema.ts'
import * as users from '../users/service.ts'
import { isAsNarrow } from './allow.ts'
import * as queries from './queries.ts'
import type { Row } from './schema.ts'

export const keyBeyondYours = refusal('api_key_beyond_yours', 403, 'This key may do more than you may yourself.')

/** As whom a key made on the command line acts. */
export const NOBODYS_ROLE: Role = 'admin'

type Bounded = Pick<Row, 'scopes' | 'expires_at' | 'allow' | 'requests_per_minute'>

/** Refuses to make a key beyond the caller, naming each field that is. */
export async function refuseBeyond(tx: Tx, key: Bounded): Promise<void> {
  const errors = await beyond(tx, key)
  if (errors.length > 0) throw invalid({ errors })
}

/** Refuses a change that gives a key more than the caller has: a 422 where the change says it, a 403 where the key had it. */
export async function refuseWidening(
  tx: Tx,
  before: Row,
  change: { to: Bounded & Pick<Row, 'active'>; said: readonly string[] },
): Promise<void> {
  if (!isWider(change.to, before)) return
  await refuseOutranked(tx, before)
  const errors = await beyond(tx, change.to)
  const said = errors.filter(({ pointer }) => change.said.includes(pointer.split('/')[1] ?? ''))
  if (said.length > 0) throw invalid({ errors: said })
  if (errors.length > 0) throw keyBeyondYours()
}

/** Refuses to hand out a new secret of a key that may more than the caller. */
export async function refuseHandingOut(tx: Tx, key: Row): Promise<void> {
  await refuseOutranked(tx, key)
  if ((await beyond(tx, key)).length > 0) throw keyBeyondYours()
}

async function refuseOutranked(tx: Tx, key: Row): Promise<void> {
  if (tx.actor.type === 'system') return
  const [own, its] = [await roleOf(tx, tx.user_id), await roleOf(tx, key.user_id)]
  if (ROLES.indexOf(its) > ROLES.indexOf(own)) throw keyBeyondYours()
}

async function roleOf(tx: Tx, user_id: string | null): Promise<Role> {
  return user_id === null ? NOBODYS_ROLE : ((await users.find(tx, user_id))?.role ?? 'viewer')
}

async function beyond(tx: Tx, key: Bounded): Promise<FieldError[]> {
  const { actor } = tx
  const own = actor.type === 'api' && actor.id !== null ? await queries.find(tx, actor.id) : undefined
  const errors = key.scopes.flatMap((scope, index) =>
    allows(tx.scopes, scope) ? [] : [tooMuch(`/scopes/${index}`, 'That is more than you may do yourself.')],
  )
  if (!own) return errors
  if (endOf(key) > endOf(own)) errors.push(tooMuch('/expires_at', 'Your own key ends before.'))
  if (!isAsNarrow(key.allow, own.allow)) errors.push(tooMuch('/allow', 'Your own key may be used from fewer places.'))
  if (limitOf(key) > limitOf(own)) errors.push(tooMuch('/requests_per_minute', 'The limit of your own key is lower.'))
  return errors
}

function isWider(after: Bounded & Pick<Row, 'active'>, before: Bounded & Pick<Row, 'active'>): boolean {
  const had = new Set(before.scopes)
  return (
    after.scopes.some((scope) => !allows(had, scope)) ||
    (after.active && !before.active) ||
    endOf(after) > endOf(before) ||
    !isAsNarrow(after.allow, before.allow) ||
    limitOf(after) > limitOf(before)
  )
}

function endOf({ expires_at }: Pick<Row, 'expires_at'>): number {
  return expires_at?.getTime() ?? Number.POSITIVE_INFINITY
}

function limitOf({ requests_per_minute }: Pick<Row, 'requests_per_minute'>): number {
  return requests_per_minute ?? Number.POSITIVE_INFINITY
}

function tooMuch(pointer: string, detail: string): FieldError {
  return { pointer, code: 'beyond', detail }
}
