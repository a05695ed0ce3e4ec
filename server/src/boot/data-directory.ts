/** The data directory itself. */
import { mkdirSync, realpathSync } from 'node:fs'
import type { Config } from '../config.ts'
import { BootRefusal, codeOf } from './refusal.ts'

/** Makes the data directory, and gives its real path. */
export function makeDataDirectory(config: Config): string {
  try {
    mkdirSync(config.data, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    return realpathSync(config.data)
  } catch (error) {
    throw new BootRefusal('data_unusable', `ANTIPHON_DATA: ${config.data} cannot be made (${codeOf(error)}).`)
  }
}
