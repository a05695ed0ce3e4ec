/** The command line. Each command's own file is imported when it is called, so that none waits for another's imports. */
import { Command, CommanderError } from 'commander'
import { type CommandFlags, run } from './commands/command.ts'
import { version } from './version.ts'

const USAGE = 2

function command(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--data <directory>', 'the data directory, in place of ANTIPHON_DATA')
    .option('--json', 'print one JSON document and nothing else')
}

const program = new Command('antiphon')
  .enablePositionalOptions()
  .description('One inbox, every channel, one API. Settings are environment variables; docs/guide lists them.')
  .option('--version', 'print the version')
  .option('--json', 'print one JSON document and nothing else')
  .action((flags: CommandFlags & { version?: boolean }) => {
    if (!flags.version) program.help({ error: true })
    process.stdout.write(`${flags.json ? JSON.stringify({ version }) : version}\n`)
  })

command(program, 'start', 'start the server')
  .option('--port <number>', 'the port to listen on, in place of PORT')
  .option('--demo', 'load demo data into an empty database')
  .option('--no-demo', 'never load demo data')
  .action(async (flags: CommandFlags) => (await import('./commands/start.ts')).start(flags))

command(program, 'migrate', 'bring the database schema up to date').action((flags: CommandFlags) =>
  run(flags, async (config) => (await import('./commands/migrate.ts')).migrate(config)),
)

command(program, 'status', 'say whether a server runs on the data directory').action((flags: CommandFlags) =>
  run(flags, async (config) => (await import('./commands/status.ts')).status(config)),
)

command(program, 'doctor', 'check Node, database, schema, disk, clock and ports').action((flags: CommandFlags) =>
  run(flags, async (config) => (await import('./commands/doctor.ts')).doctor(config)),
)

await parse(process.argv)

async function parse(argv: string[]): Promise<void> {
  const asJson = argv.includes('--json')
  refuseByThrowing(program, asJson)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return
    process.exitCode = USAGE
    if (asJson) process.stdout.write(`${JSON.stringify({ error: { code: 'usage', message: plain(error.message) } })}\n`)
  }
}

function refuseByThrowing(parent: Command, asJson: boolean): void {
  parent.exitOverride()
  if (asJson) parent.configureOutput({ writeErr: () => {}, outputError: () => {} })
  for (const child of parent.commands) refuseByThrowing(child, asJson)
}

function plain(message: string): string {
  return message.replace(/^error: /, '')
}
