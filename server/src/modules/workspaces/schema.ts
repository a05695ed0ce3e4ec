/** A workspace as it is stored, as it is answered, and what is known of it on every request. */
import { type Static, Type } from 'typebox'
import { Id, Nullable, OneOf, Text, Time } from '../../kernel/schema.ts'

export const PLANS = ['basic', 'growth', 'ultimate'] as const
export type Plan = (typeof PLANS)[number]

/** Requests a minute. */
export const PLAN_LIMITS = { basic: 100, growth: 1_000, ultimate: 5_000 } as const satisfies Record<Plan, number>
/** The highest limit one can set. */
export const MOST_REQUESTS = 1_000_000

export const MODES = ['live', 'test'] as const
export type Mode = (typeof MODES)[number]

export type Tables = {
  workspaces: {
    id: string
    number: number
    name: string
    plan: Plan
    /** null: the plan's own; 0: none. */
    requests_per_minute: number | null
    country: string
    time_zone: string
    locale: string
    /** The parent, in a sandbox twin. */
    sandbox_of: string | null
    version: number
    created_at: Date
    updated_at: Date
  }
  counters: { workspace_id: string; noun: string; value: number }
}

export const Workspace = Type.Object(
  {
    id: Id,
    object: Type.Literal('workspace'),
    number: Type.Integer(),
    name: Type.String(),
    plan: OneOf(PLANS),
    requests_per_minute: Nullable(
      Type.Integer({ minimum: 0, description: 'Instead of the plan’s own limit; 0 is unlimited.' }),
    ),
    country: Type.String({ description: 'ISO 3166-1 alpha-2; phone numbers without a country code are read with it.' }),
    time_zone: Type.String(),
    locale: Type.String(),
    mode: OneOf(MODES),
    sandbox_id: Nullable(Type.String({ format: 'uuid', description: 'Its sandbox twin.' })),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Workspace' },
)
export type Workspace = Static<typeof Workspace>

export const WorkspaceInput = Type.Object(
  {
    name: Text(200),
    plan: OneOf(PLANS),
    requests_per_minute: Nullable(Type.Integer({ minimum: 0, maximum: MOST_REQUESTS })),
    country: Type.String({ pattern: '^[A-Z]{2}$' }),
    time_zone: Text(64),
    locale: Text(35),
  },
  { additionalProperties: false },
)
export type WorkspaceInput = Static<typeof WorkspaceInput>

/** What every request may need to know of its workspace. */
export interface Settings {
  readonly id: string
  readonly number: number
  readonly name: string
  readonly plan: Plan
  readonly mode: Mode
  readonly country: string
  readonly time_zone: string
  readonly locale: string
  /** Requests a minute; null is unlimited. */
  readonly limit: number | null
}

export const Status = Type.Object(
  {
    object: Type.Literal('status'),
    status: Type.Literal('ok'),
    version: Type.String(),
  },
  { title: 'Status' },
)
export type Status = Static<typeof Status>
