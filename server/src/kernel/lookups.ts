/** Questions that somebody else's server answers in the middle of our own work: each declared with what holds without an answer. */
import type { Static, TSchema } from 'typebox'
import { readerFor } from './input.ts'
import { SECOND } from './time.ts'

export interface Lookup<Q extends TSchema = TSchema, A extends TSchema = TSchema> {
  /** `noun.what`, as an endpoint is registered for it. */
  readonly type: string
  readonly summary: string
  /** What is sent, as `data`. */
  readonly request: Q
  /** What must come back, whole. */
  readonly answer: A
  /** Checks what came back, naming everything that is wrong with it. */
  readonly read: (value: unknown) => Static<A>
  /** What the question holds takes these to read: whoever registers an endpoint for it has them, or looks it up in the log. */
  readonly scopes: readonly string[]
  /** Milliseconds for everything: resolving, connecting, asking, the last byte of the answer. */
  readonly budget: number
  /** What holds when no answer came, as a value and in words. */
  readonly fallback: { readonly answer: Static<A>; readonly says: string }
  /** Answers that hold for a while: for how many seconds, and for which questions. */
  readonly cache: { readonly seconds: number; readonly by: (data: Static<Q>) => string } | null
  /** After how many failures in a row an endpoint is left alone, and for how many milliseconds. */
  readonly circuit: { readonly opensAfter: number; readonly pause: number }
}

/** What is known of every look-up, whatever it asks. */
export type DeclaredLookup = Omit<Lookup, 'cache' | 'fallback' | 'read'> & {
  readonly cache: { readonly seconds: number } | null
  readonly fallback: { readonly says: string }
}

export const DEFAULT_BUDGET = 3 * SECOND
export const LONGEST_BUDGET = 10 * SECOND
const CIRCUIT = { opensAfter: 5, pause: 30 * SECOND }

const declared = new Map<string, DeclaredLookup>()

type Spec<Q extends TSchema, A extends TSchema> = Omit<
  Lookup<Q, A>,
  'type' | 'read' | 'scopes' | 'budget' | 'cache' | 'circuit'
> &
  Partial<Pick<Lookup<Q, A>, 'scopes' | 'budget' | 'cache' | 'circuit'>>

/** Declares a look-up. It is asked with `ask` of the module lookups. */
export function defineLookup<Q extends TSchema, A extends TSchema>(type: string, spec: Spec<Q, A>): Lookup<Q, A> {
  if (declared.has(type)) throw new Error(`The look-up ${type} is declared twice.`)
  const lookup = {
    scopes: [],
    budget: DEFAULT_BUDGET,
    cache: null,
    circuit: CIRCUIT,
    ...spec,
    type,
    read: readerFor(spec.answer),
  }
  if (!(lookup.budget > 0 && lookup.budget <= LONGEST_BUDGET)) throw new Error(`${type} has no budget one can keep.`)
  declared.set(type, lookup)
  return lookup
}

/** Every look-up declared so far, by type. */
export function declaredLookups(): ReadonlyMap<string, DeclaredLookup> {
  return declared
}
