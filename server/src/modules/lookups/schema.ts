/** A look-up as it is answered: what may be asked of an endpoint, and what happens when it does not answer. */
import { type Static, Type } from 'typebox'
import { Json } from '../../kernel/schema.ts'

export const Lookup = Type.Object(
  {
    type: Type.String({ description: 'What an endpoint is registered for.' }),
    object: Type.Literal('lookup'),
    summary: Type.String(),
    request: Type.Unsafe<Record<string, unknown>>({ ...Json, description: 'The schema of `data` in the request.' }),
    answer: Type.Unsafe<Record<string, unknown>>({ ...Json, description: 'The schema of the answer.' }),
    timeout_ms: Type.Integer({
      description: 'Milliseconds for the whole exchange, where the endpoint sets no others.',
    }),
    fallback: Type.String({ description: 'What happens when no answer comes that can be used.' }),
    cache_seconds: Type.Integer({ description: 'For how long an answer is used again; 0 for never.' }),
  },
  { title: 'Lookup' },
)
export type Lookup = Static<typeof Lookup>
