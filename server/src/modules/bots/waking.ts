/** Whoever writes down a turn wakes this process's bots, if they run here; another's look once a second. */
import type { Kernel } from '../../kernel/kernel.ts'

const alarms = new WeakMap<Kernel['database'], () => void>()

/** Lets the bots be woken. */
export function setAlarm(kernel: Kernel, wake: () => void): void {
  alarms.set(kernel.database, wake)
}

/** Call it once the turn has been committed. */
export function wakeBots(kernel: Kernel): void {
  alarms.get(kernel.database)?.()
}
