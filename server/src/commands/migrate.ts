/** `antiphon migrate`: brings the schema up to date, and does nothing else. */
import { makeDataDirectory } from '../boot/data-directory.ts'
import { borrowDatabase } from '../boot/database.ts'
import { bringUpToDate } from '../boot/schema.ts'
import { silent } from '../boot/steps.ts'
import type { Config } from '../config.ts'
import type { Answer } from './command.ts'

export async function migrate(config: Config): Promise<Answer> {
  const data = makeDataDirectory(config)
  const database = await borrowDatabase({ ...config, data }, silent)
  try {
    const { state, applied } = await bringUpToDate(database.pool, silent)
    const text =
      applied.length === 0 ? `Up to date: ${state.applied}.` : applied.map((name) => `Applied ${name}.`).join('\n')
    return { json: { schema: state.applied, applied }, text }
  } finally {
    await database.close()
  }
}
