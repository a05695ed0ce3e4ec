/** An event as it is answered, and the frames of the socket. */
import { type Static, Type } from 'typebox'
import { Id, Json, ListOf, Nullable, Time } from '../../kernel/schema.ts'

export const Event = Type.Object(
  {
    id: Id,
    object: Type.Literal('event'),
    type: Type.String(),
    cursor: Type.String({ description: 'Go on from here: `after` of the feed and of the socket.' }),
    actor: Type.Object({ type: Type.String(), id: Nullable(Type.String()), name: Nullable(Type.String()) }),
    data: Json,
    previous: Nullable(Json),
    created_at: Time,
  },
  { title: 'Event' },
)
export type Event = Static<typeof Event>

export const EventList = ListOf(Event)

/** What passes by on the socket and is never stored. */
export interface Ephemeral {
  readonly type: 'typing' | 'viewing' | 'presence'
  readonly conversation_id?: string
  readonly [key: string]: unknown
}
