/** THE LIST: the product, lowest first. A module may import only those above it here. */
import type { Module } from '../kernel/module.ts'
import { apiKeys } from './api-keys/module.ts'
import { endOf } from './api-keys/service.ts'
import { attributes } from './attributes/module.ts'
import { bots } from './bots/module.ts'
import { takeTurn } from './bots/service.ts'
import { contacts } from './contacts/module.ts'
import { conversations } from './conversations/module.ts'
import { files } from './files/module.ts'
import { inboxes } from './inboxes/module.ts'
import { createDefaults } from './inboxes/service.ts'
import { live } from './live/module.ts'
import { lookups } from './lookups/module.ts'
import { messages } from './messages/module.ts'
import { letGo, receiveWith } from './messages/service.ts'
import { usage } from './usage/module.ts'
import { users } from './users/module.ts'
import { partWith } from './users/service.ts'
import { webhooks } from './webhooks/module.ts'
import { workspaces } from './workspaces/module.ts'
import { foundWith } from './workspaces/service.ts'

export const modules: readonly Module[] = [
  workspaces,
  users,
  apiKeys,
  usage,
  webhooks,
  lookups,
  files,
  attributes,
  contacts,
  inboxes,
  conversations,
  messages,
  bots,
  live,
]

/** What modules above do in the transaction that makes a workspace or its twin, each with its reason. */
foundWith([
  createDefaults, // a workspace can be written to from its first moment on
])

/** What modules above do in the transaction in which a user leaves, each with its reason. */
partWith([
  endOf, // a key acts for whoever made it
  letGo, // nobody waits for somebody who is gone
])

/** What modules above do in the transaction in which an inbox with a bot receives a message, each with its reason. */
receiveWith([
  takeTurn, // what was said to a bot is answered, whoever dies meanwhile
])
