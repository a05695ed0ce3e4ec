import type { User } from '../users/schema.ts'

export type Membership = { id: string; number: number; name: string; role: User['role']; sandbox_id: string | null }

export type Me = {
  object: 'me'
  person: { id: string; email: string; name: string } | null
  user: User | null
  scopes: string[]
  workspace: {
    id: string
    number: number
    name: string
    plan: string
    mode: 'live' | 'test'
    time_zone: string
    locale: string
  } | null
  workspaces: Membership[]
}
