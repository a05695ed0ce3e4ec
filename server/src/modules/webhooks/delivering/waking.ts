/** Whoever writes something that is to be sent wakes this process's sender, if it has one; another's looks once a second. */
import type { Kernel } from '../../../kernel/kernel.ts'

const senders = new WeakMap<Kernel['database'], () => void>()

/** Lets a sender be woken. */
export function setAlarm(kernel: Kernel, wake: () => void): void {
  senders.set(kernel.database, wake)
}

/** Call it once the change has been committed. */
export function wakeSender(kernel: Kernel): void {
  senders.get(kernel.database)?.()
}
