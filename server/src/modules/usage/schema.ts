/** How many requests there were, minute by minute, and who made them. */
import { type Static, Type } from 'typebox'
import { Nullable, OneOf, Time } from '../../kernel/schema.ts'

/** Hours for which minutes are kept. */
export const KEPT_HOURS = 48
/** Keys shown each by itself; the others are one caller together. */
export const KEYS_SHOWN = 10

const Count = Type.Integer({ minimum: 0 })

const Minute = Type.Object({
  at: Time,
  requests: Type.Integer({ minimum: 0, description: 'Let through.' }),
  refused: Type.Integer({ minimum: 0, description: 'Refused because a limit was reached; these count in none.' }),
})
export type Minute = Static<typeof Minute>

const UsageCaller = Type.Object(
  {
    type: OneOf(['key', 'people', 'others'], 'people call by session; others are all keys beyond the ten busiest.'),
    id: Nullable(Type.String({ description: 'The key’s.' })),
    name: Nullable(Type.String({ description: 'The key’s; null when the key is gone.' })),
    limit: Nullable(Type.Integer({ minimum: 1, description: 'The key’s own, in requests a minute.' })),
    requests: Count,
    refused: Count,
    minutes: Type.Array(Minute, { description: 'Oldest first; minutes without any are left out.' }),
  },
  { title: 'UsageCaller' },
)
export type UsageCaller = Static<typeof UsageCaller>

export const Usage = Type.Object(
  {
    object: Type.Literal('usage'),
    from: Type.String({ format: 'date-time', description: 'The first minute asked for.' }),
    until: Type.String({ format: 'date-time', description: 'The minute that is under way.' }),
    limit: Nullable(Type.Integer({ minimum: 0, description: 'The plan’s, in requests a minute; null is unlimited.' })),
    standing: Nullable(
      Type.Object(
        { remaining: Count, resets_at: Time },
        { description: 'How the plan’s window stands at this moment.' },
      ),
    ),
    callers: Type.Array(UsageCaller, { description: 'The busiest first.' }),
  },
  { title: 'Usage' },
)
export type Usage = Static<typeof Usage>
