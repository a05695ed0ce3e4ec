/** Signing in, for tests: with a session of its own, as a browser has after any way in, and without the limits of the door. */
import * as users from '../src/modules/users/service.ts'
import type { World } from './world.ts'

/** The headers of a browser in which this person has signed in. */
export async function signInAs(w: World, email: string): Promise<{ cookie: string; origin: string }> {
  const [person] = await w.sql('select id from people where email = $1', [email])
  const request = { origin: w.url, address: null, agent: null }
  const { cookie } = await users.openSession(w.app.system(null), String(person?.['id']), request)
  return { cookie, origin: w.url }
}

/** The cookie that an answer sets, as a browser sends it back. */
export function cookieOf(headers: Headers): string {
  return headers.getSetCookie().map((cookie) => cookie.split(';')[0])[0] ?? ''
}
