/** The secret that signs and hashes, and the fingerprint that ties it to its database. */
import { createHmac, randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import type { Config } from '../config.ts'
import { withClient } from './connection.ts'
import { giveToOwnerOfDirectory } from './lock.ts'
import { BootRefusal, codeOf } from './refusal.ts'

export type SecretList = readonly [string, ...string[]]

/**
 * The secrets of this server: what ANTIPHON_SECRET says, or else the secret in the data directory, made with a new database.
 * The first is tied to the database: remembered in a new one, the same in a known one, and taken over where one of the older
 * secrets is the known one. Any other is refused: what the database holds could neither be verified nor decrypted.
 */
export function settleSecrets(config: Config, pool: pg.PoolConfig): Promise<SecretList> {
  return withClient(pool, async (client) => {
    const { rows } = await client.query('select secret_fingerprint as known from instance')
    const secrets = config.secrets ?? readSecret(config.data, rows.length === 0)
    const [current, ...older] = secrets.map(fingerprint)
    const known = rows.length > 0 ? String(rows[0]?.known) : await remember(client, current)
    if (known === current) return secrets
    if (!older.includes(known)) throw mismatch()
    await client.query('update instance set secret_fingerprint = $1, updated_at = now()', [current])
    return secrets
  })
}

// Of two first starts on one database, the first to commit decides.
async function remember(client: pg.Client, current: string | undefined): Promise<string> {
  await client.query('insert into instance (secret_fingerprint) values ($1) on conflict (only_row) do nothing', [
    current,
  ])
  const { rows } = await client.query('select secret_fingerprint as known from instance')
  return String(rows[0]?.known)
}

function readSecret(data: string, isNew: boolean): SecretList {
  const file = join(data, 'secret')
  if (!existsSync(file)) {
    if (!isNew)
      throw new BootRefusal(
        'secret_missing',
        `This database has a secret, but ANTIPHON_SECRET is not set and ${file} is gone. Bring back either.`,
      )
    makeSecret(file)
  }
  const secret = readFileSync(file, 'utf8').trim()
  if (secret.length >= 32) return [secret]
  throw new BootRefusal('secret_invalid', `${file} holds no secret. Bring back the file that belongs to this database.`)
}

function mismatch(): BootRefusal {
  return new BootRefusal(
    'secret_mismatch',
    'ANTIPHON_SECRET (or the file `secret` in ANTIPHON_DATA) is not the secret of this database. Give it the old one; to change it, ANTIPHON_SECRET=new,old.',
  )
}

function fingerprint(secret: string): string {
  return createHmac('sha256', secret).update('antiphon: fingerprint of the secret').digest('hex')
}

// Written beside, then linked: the file is whole or absent, and of two processes one wins.
function makeSecret(file: string): void {
  const beside = `${file}.${process.pid}`
  const descriptor = openSync(beside, 'w', 0o600)
  writeSync(descriptor, `${randomBytes(32).toString('hex')}\n`)
  fsyncSync(descriptor)
  closeSync(descriptor)
  giveToOwnerOfDirectory(beside)
  try {
    linkSync(beside, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(beside, { force: true })
  }
}
