/** What every command shares: its settings, one answer in words or as JSON, and how it ends: 0 done, 1 refused, 2 wrong usage. */

import { BootRefusal } from '../boot/refusal.ts'
import { type Config, ConfigError, type Flags, readConfig } from '../config.ts'
import { Refusal } from '../kernel/errors.ts'
import { SchemaError } from '../kernel/migrate.ts'

export interface Answer {
  /** The one document that `--json` prints. */
  readonly json: object
  readonly text: string
  /** 1 when the command did its work and what it found is not well. */
  readonly exitCode?: 0 | 1
}

export interface CommandFlags extends Flags {
  readonly json?: boolean
}

/** Reads the settings, does the work, prints the answer. Never throws. */
export async function run(flags: CommandFlags, work: (config: Config) => Promise<Answer>): Promise<void> {
  try {
    const answer = await work(readConfig(process.env, flags))
    print(flags.json ? JSON.stringify(answer.json) : answer.text)
    process.exitCode = answer.exitCode ?? 0
  } catch (error) {
    fail(error, flags.json === true)
  }
}

/** Says why on stderr, or as the one JSON document on stdout. */
export function fail(error: unknown, asJson: boolean): void {
  const { code, message } = explain(error)
  if (asJson) print(JSON.stringify({ error: { code, message } }))
  else process.stderr.write(`${message}\n`)
  process.exitCode = error instanceof ConfigError ? 2 : 1
}

function explain(error: unknown): { code: string; message: string } {
  if (error instanceof BootRefusal || error instanceof ConfigError || error instanceof SchemaError) return error
  if (error instanceof Refusal) return { code: error.code, message: refusalText(error) }
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

function refusalText(refusal: Refusal): string {
  const fields = refusal.errors?.map(({ pointer, detail }) => `${pointer.replace(/^[/?]/, '')}: ${detail}`) ?? []
  return fields.length > 0 ? fields.join('\n') : (refusal.detail ?? refusal.title)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
