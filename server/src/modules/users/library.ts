/**
 * The sign-in library, set to our tables, ids, cookie and secret. Importing this file costs tens of megabytes: it is
 * imported when somebody first signs in with a password.
 */
import { betterAuth } from 'better-auth'
import { type KyselyPlugin, QueryNode, RawNode } from 'kysely'
import { newId } from '../../kernel/ids.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { DAY, SECOND } from '../../kernel/time.ts'
import { cookieFor, SESSION_LIVES } from './sessions.ts'

export interface Library {
  handler(request: Request): Promise<Response>
}

/** Made for one origin's cookie: `__Host-` and `Secure` on https, neither on http. */
export function openLibrary(kernel: Kernel, origin: string): Library {
  const { name, isSecure } = cookieFor(origin)
  return betterAuth({
    appName: 'Antiphon',
    basePath: '/auth',
    secrets: [{ version: 1, value: kernel.secrets.derive('better-auth')[0] }],
    database: { db: kernel.database.kysely.withPlugin(declared), type: 'postgres', transaction: true },
    user: {
      modelName: 'people',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    session: {
      modelName: 'sessions',
      fields: {
        userId: 'person_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      expiresIn: SESSION_LIVES / SECOND,
      updateAge: DAY / SECOND,
    },
    account: {
      modelName: 'accounts',
      fields: {
        userId: 'person_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 128 },
    advanced: {
      cookiePrefix: 'antiphon',
      useSecureCookies: false, // says how cookies are named, which `cookies` does
      defaultCookieAttributes: { secure: isSecure },
      cookies: { session_token: { name, attributes: { secure: isSecure } } },
      database: { generateId: newId, validateSchema: false },
      ipAddress: { ipAddressHeaders: ['x-antiphon-address'] }, // auth.ts sets it; no other is believed
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    rateLimit: { enabled: false }, // attempts.ts counts: failures only, by address and by e-mail
    telemetry: { enabled: false },
    logger: { disabled: true },
    onAPIError: { throw: true },
  })
}

// People belong to no workspace: the library's statements are declared as such.
const MARK = RawNode.createWithSql('/* global: users.library */')

const declared: KyselyPlugin = {
  transformQuery: ({ node }) => (QueryNode.is(node) ? QueryNode.cloneWithEndModifier(node, MARK) : node),
  transformResult: async ({ result }) => result,
}
