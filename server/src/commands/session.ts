/** What a command that works on the product needs: the database, its schema, the secret and the services. */
import type { OpenKernel } from '../app.ts'
import { makeDataDirectory } from '../boot/data-directory.ts'
import { type BootDatabase, borrowDatabase } from '../boot/database.ts'
import { BootRefusal } from '../boot/refusal.ts'
import { awaitSchema, bringUpToDate } from '../boot/schema.ts'
import { settleSecrets } from '../boot/secret.ts'
import { silent } from '../boot/steps.ts'
import type { Config } from '../config.ts'
import { openLog } from '../kernel/log.ts'
import type { Workspace } from '../modules/workspaces/schema.ts'
import * as workspaces from '../modules/workspaces/service.ts'

/** Does `work` on the product, on the running server's database or on one started for this. */
export async function withKernel<T>(given: Config, work: (opened: OpenKernel) => Promise<T>): Promise<T> {
  const config = { ...given, data: makeDataDirectory(given) }
  const database = await borrowDatabase(config, silent)
  try {
    const opened = await openOn(config, database)
    try {
      return await work(opened)
    } finally {
      await opened.close()
    }
  } finally {
    await database.close()
  }
}

/** The workspace of an id that was given on the command line. */
export async function requireWorkspace({ system }: OpenKernel, id: string): Promise<Workspace> {
  const workspace = await workspaces.find(system(null), id)
  if (workspace) return workspace
  throw new BootRefusal('workspace_not_found', `There is no workspace ${id}. Try: antiphon workspace list`)
}

async function openOn(config: Config, database: BootDatabase): Promise<OpenKernel> {
  await (database.isServers ? awaitSchema(database.pool) : bringUpToDate(database.pool, silent))
  const secrets = await settleSecrets(config, database.pool)
  const { openKernel } = await import('../app.ts')
  return openKernel({ config, connection: database.pool, secrets, log: openLog('silent') })
}
