/** The command line. Each command's own file is imported when it is called, so that none waits for another's imports. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type CommandFlags, run } from './commands/command.ts'
import type { NewKeyFlags } from './commands/key.ts'
import type { NewUser } from './commands/user.ts'
import type { WorkspaceFlags } from './commands/workspace.ts'
import { version } from './version.ts'

const USAGE = 2
const PLANS = ['basic', 'growth', 'ultimate']
const ROLES = ['viewer', 'agent', 'admin', 'owner']

const program = new Command('antiphon')
  .enablePositionalOptions()
  .description('One inbox, every channel, one API. Settings are environment variables; docs/guide lists them.')
  .option('--version', 'print the version')
  .option('--json', 'print one JSON document and nothing else')
  .action((flags: CommandFlags & { version?: boolean }) => {
    if (!flags.version) program.help({ error: true })
    process.stdout.write(`${flags.json ? JSON.stringify({ version }) : version}\n`)
  })
  // Said before the command, it means the same as after it.
  .hook('preAction', (_, chosen) => void (program.opts()['json'] && chosen.setOptionValue('json', true)))

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

const workspace = program.command('workspace').description('make, change and list workspaces')

withSettings(
  command(workspace, 'create', 'make a workspace and its sandbox twin').requiredOption('--name <name>', 'its name'),
).action((flags: CommandFlags & WorkspaceFlags & { name: string }) =>
  run(flags, async (config) => (await import('./commands/workspace.ts')).create(config, flags)),
)

withSettings(command(workspace, 'update', 'change a workspace and its sandbox twin'))
  .argument('<id>', 'its id', uuid)
  .option('--name <name>', 'its name')
  .action((id: string, flags: CommandFlags & WorkspaceFlags) =>
    run(flags, async (config) => (await import('./commands/workspace.ts')).update(config, id, flags)),
  )

command(workspace, 'list', 'list the workspaces').action((flags: CommandFlags) =>
  run(flags, async (config) => (await import('./commands/workspace.ts')).list(config)),
)

const user = program.command('user').description('make users, and help them sign in')

command(user, 'create', 'make somebody a user; a person who exists keeps name and password')
  .requiredOption('--workspace <id>', 'of which workspace', uuid)
  .requiredOption('--email <address>', 'whom')
  .requiredOption('--name <name>', 'the name others see')
  .addOption(new Option('--role <role>', 'what they may do').choices(ROLES).makeOptionMandatory())
  .option('--password-stdin', 'read a password from standard input')
  .action((flags: CommandFlags & NewUser) =>
    run(flags, async (config) => (await import('./commands/user.ts')).create(config, flags)),
  )

command(user, 'sign-in-link', 'print a link that signs them in once, within 15 minutes')
  .requiredOption('--email <address>', 'whom')
  .action((flags: CommandFlags & { email: string }) =>
    run(flags, async (config) => (await import('./commands/user.ts')).signInLink(config, flags.email)),
  )

command(user, 'password', 'read a new password from standard input, and end their sessions')
  .requiredOption('--email <address>', 'whose')
  .action((flags: CommandFlags & { email: string }) =>
    run(flags, async (config) => (await import('./commands/user.ts')).setPassword(config, flags.email)),
  )

const key = program.command('key').description('make and revoke API keys')

command(key, 'create', 'make an API key, and print it this once')
  .requiredOption('--workspace <id>', 'of which workspace', uuid)
  .requiredOption('--name <name>', 'what it is for')
  .requiredOption('--scopes <list>', "what it may do: 'contacts:read,messages:write', or '*'")
  .option('--test', 'for the sandbox twin')
  .action((flags: CommandFlags & NewKeyFlags) =>
    run(flags, async (config) => (await import('./commands/key.ts')).create(config, flags)),
  )

command(key, 'revoke', 'end an API key')
  .argument('<id>', 'its id')
  .action((id: string, flags: CommandFlags) =>
    run(flags, async (config) => (await import('./commands/key.ts')).revoke(config, id)),
  )

await parse(process.argv)

function command(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--data <directory>', 'the data directory, in place of ANTIPHON_DATA')
    .option('--json', 'print one JSON document and nothing else')
}

function withSettings(made: Command): Command {
  return made
    .addOption(new Option('--plan <plan>', 'how many requests a minute (100, 1000, 5000)').choices(PLANS))
    .option('--country <code>', 'with which phone numbers are read, such as US')
    .option('--time-zone <zone>', 'such as Europe/Berlin')
    .option('--locale <tag>', 'such as en or pt-BR')
    .option('--requests-per-minute <number>', "instead of the plan's own limit; or: unlimited", requests)
}

function requests(text: string): number {
  if (text === 'unlimited') return 0
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1, or: unlimited.')
}

function uuid(text: string): string {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return text.toLowerCase()
  throw new InvalidArgumentError('It must be an id, such as 01890a5d-ac96-774b-bcce-b302099a8057.')
}

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
