/** What a module tells the app: its routes, the facts it declares, the work it does later. */
import type { EventType } from './events.ts'
import type { Route } from './http.ts'
import type { AnyJob, Chore } from './jobs.ts'

export interface Module {
  readonly name: string
  readonly routes?: readonly Route[]
  readonly events?: readonly EventType[]
  readonly jobs?: readonly AnyJob[]
  readonly chores?: readonly Chore[]
  /** Statements that rightly name no workspace, each as `global(name)` marks it. */
  readonly globals?: readonly string[]
}
