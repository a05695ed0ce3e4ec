/** Signing in, for tests: by a link, as a browser would, without the cost of a password. */
import * as users from '../src/modules/users/service.ts'
import type { World } from './world.ts'

/** The headers of a browser in which this person has signed in. */
export async function signInAs(w: World, email: string): Promise<{ cookie: string; origin: string }> {
  const { token } = await users.signInLink(w.app.system(null), email)
  const reply = await w.post('/auth/link', { token }, { as: null })
  return { cookie: cookieOf(reply.headers), origin: w.url }
}

/** The cookie that an answer sets, as a browser sends it back. */
export function cookieOf(headers: Headers): string {
  return headers.getSetCookie().map((cookie) => cookie.split(';')[0])[0] ?? ''
}
