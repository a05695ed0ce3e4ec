/**
 * Makes the visitor: before the first message, or when the page says who it is and the chat is opened.
 *
 * Where the browser has locks, one tab does it at a time and reads the stored session afresh first: two tabs that come
 * back online together make one visitor, not two.
 */
import type { Host } from './host.ts'
import type { Answer, Requests } from './requests.ts'
import type { Store } from './state.ts'
import type { VisitorBody } from './wire.ts'

/** Milliseconds a write to the page's storage may take until every tab's process reads it. */
const SPREAD = 300

export type Ensured = { ok: true } | (Answer<VisitorBody> & { ok: false })

export interface Visitors {
  /** There is a visitor, and it is the one the page claims. */
  isSettled(): boolean
  ensure(): Promise<Ensured>
}

export function createVisitors(inbox: string, host: Host, requests: Requests, store: Store): Visitors {
  /** Claims the server would not believe: this page goes on without them. */
  let refused: string | null = null
  let running: Promise<Ensured> | null = null

  function claims(): string | null {
    const text = host.get('claims')
    return text === refused ? null : text
  }

  function isSettled(): boolean {
    const session = host.session()
    return session !== null && (claims() === null || claims() === session.claims)
  }

  async function make(): Promise<Ensured> {
    await host.fresh()
    if (isSettled()) return { ok: true }
    const claimed = claims()
    const fields = { ...given(store.get().intake), ...JSON.parse(claimed ?? '{}') }
    const token = host.session()?.token ?? null
    let answer = await requests.makeVisitor(fields, token)
    if (!answer.ok && answer.status === 401 && token) {
      host.set('session', null)
      answer = await requests.makeVisitor(fields, null)
    }
    if (answer.ok) {
      // Meanwhile the page has named somebody else: this visitor is not shown to them.
      if (claims() !== claimed) return make()
      const { token, contact } = answer.body
      host.set('session', JSON.stringify({ token, contact_id: contact.id, claims: claimed }))
      return { ok: true }
    }
    if (!claimed || answer.status < 400 || answer.status === 429 || answer.status >= 500) return answer
    console.warn('Antiphon.identify was refused.', answer.problem)
    refused = claimed
    return make()
  }

  function locked(): Promise<Ensured> {
    if (!('locks' in navigator)) return make()
    return new Promise((resolve) => {
      void navigator.locks.request(`antiphon ${inbox}`, async () => {
        resolve(await make())
        // The next tab in line reads the page's storage: let it be there first.
        await host.fresh()
        await new Promise((done) => setTimeout(done, SPREAD))
      })
    })
  }

  return {
    isSettled,
    ensure() {
      if (isSettled()) return Promise.resolve({ ok: true })
      running ??= locked().finally(() => {
        running = null
      })
      return running
    },
  }
}

/** Only what was filled in. */
function given(intake: object | null): object {
  return Object.fromEntries(Object.entries(intake ?? {}).filter(([, value]) => value))
}
