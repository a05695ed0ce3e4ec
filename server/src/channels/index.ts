/** The wires to customers. */
import type { Module } from '../kernel/module.ts'
import { api } from './api/module.ts'
import { sandbox } from './sandbox/module.ts'
import { webChat } from './web-chat/module.ts'

export { startSandbox } from './sandbox/following.ts'
export { frameAncestors } from './web-chat/ancestors.ts'
export { visitorDoor } from './web-chat/door.ts'

export const channels: readonly Module[] = [api, webChat, sandbox]
