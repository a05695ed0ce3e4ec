/** `node test/on-debian-postgres.ts <program> …`: runs a program with DATABASE_URL naming a fresh PostgreSQL of Debian's. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { debianPostgres, withDebianPostgres } from './debian-postgres.ts'

const [program, ...args] = process.argv.slice(2)
const programs = debianPostgres()
if (!program || !programs) {
  console.error(
    program ? 'This needs Debian’s PostgreSQL 15: apt-get install postgresql-15.' : 'Name a program to run.',
  )
  process.exit(2)
}

process.exitCode = await withDebianPostgres(programs, async (url) => {
  const env = { ...process.env, DATABASE_URL: url, ANTIPHON_SECRET: randomBytes(32).toString('hex') }
  const [code] = await once(spawn(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] }), 'exit')
  return typeof code === 'number' ? code : 1
})
