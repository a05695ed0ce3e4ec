/** `antiphon user …` */

import { findServer } from '../boot/lock.ts'
import { BootRefusal } from '../boot/refusal.ts'
import { type Config, localUrl } from '../config.ts'
import type { Role } from '../modules/users/schema.ts'
import * as users from '../modules/users/service.ts'
import type { Answer } from './command.ts'
import { requireWorkspace, withKernel } from './session.ts'

export interface NewUser {
  readonly workspace: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly passwordStdin?: boolean
}

export async function create(config: Config, flags: NewUser): Promise<Answer> {
  const { email, name, role } = flags
  const password = flags.passwordStdin ? { password: await readPassword() } : {}
  return withKernel(config, async (opened) => {
    const workspace = await requireWorkspace(opened, flags.workspace)
    const user = await users.create(opened.system(workspace.id), { email, name, role, ...password })
    const { id, number } = user
    return {
      json: { id, number, email: user.email, name: user.name, role },
      text: `${user.name} <${user.email}> is user ${number} (${role}).\n  id  ${id}`,
    }
  })
}

export function signInLink(config: Config, email: string): Promise<Answer> {
  return withKernel(config, async ({ system }) => {
    const { path, expires_at } = await users.signInLink(system(null), email)
    const url = `${await urlOf(config)}${path}`
    return {
      json: { url, expires_at: expires_at.toISOString() },
      text: `${url}\nOnce, until ${expires_at.toISOString()}.`,
    }
  })
}

export async function setPassword(config: Config, email: string): Promise<Answer> {
  const password = await readPassword()
  return withKernel(config, async ({ system }) => {
    await users.setPassword(system(null), email, password)
    return {
      json: { email, changed: true },
      text: `The password of ${email} is changed, and every session of theirs has ended.`,
    }
  })
}

async function urlOf(config: Config): Promise<string> {
  if (config.url !== null) return config.url
  const server = await findServer(config.data)
  return server?.url ?? localUrl(config.host, config.port)
}

// From a pipe or a terminal; never from the command line, where every process may read it.
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password, then Enter: ')
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk
    if (text.includes('\n') || text.length > 1_000) break
  }
  const password = text.split(/\r?\n/)[0] ?? ''
  if (password === '') throw new BootRefusal('password_missing', 'No password came on standard input.')
  return password
}
