/**
 * Makes the visitor: before the first message, or when the page says who it is and the chat is opened.
 *
 * Where the browser has locks, one tab does it at a time and reads the stored session afresh first: two tabs that come
 * back online together make one visitor, not two.
 */
import type { Host } from './host.ts'
import type { Answer, Requests } from './requests.ts'
import type { Self } from './self.ts'
import type { VisitorBody } from './wire.ts'

/** Milliseconds a write to the page's storage may take until every tab's process reads it. */
const SPREAD = 300

/** The token is this person's, whoever has come meanwhile. */
export type Ensured = { ok: true; token: string } | (Answer<VisitorBody> & { ok: false })

export interface Visitors {
  /** There is a visitor, and it is the one the page claims. */
  isSettled(): boolean
  ensure(): Promise<Ensured>
  /** Waits for what is under way. */
  rest(): Promise<unknown>
  isBusy(): boolean
}

interface Parts {
  self: Self
  host: Host
  requests: Requests
}

export function createVisitors(inbox: string, { self, host, requests }: Parts): Visitors {
  /** Claims the server would not believe: this page goes on without them. */
  let refused: string | null = null
  let running: Promise<Ensured> | null = null

  function claims(): string | null {
    const text = self.claims()
    return text === refused ? null : text
  }

  function settled(): Ensured | null {
    const session = self.session()
    const isClaimed = claims() === null || claims() === session?.claims
    return session && isClaimed ? { ok: true, token: session.token } : null
  }

  async function make(): Promise<Ensured> {
    await host.fresh()
    const ready = settled()
    if (ready) return ready
    const claimed = claims()
    const known = self.session()
    const fields = { ...given(self.intake()), ...JSON.parse(claimed ?? '{}') }
    const answer = await requests.makeVisitor(fields, known?.token ?? null)
    if (answer.ok) {
      const { token, contact } = answer.body
      self.keep({ token, contact_id: contact.id, claims: claimed })
      // Meanwhile the page may have said more of the same person.
      return settled() ?? make()
    }
    if (answer.status === 401 && known) {
      if (self.session()?.token === known.token) self.keep(null)
      // Who has left and was never named is nobody any more.
      return self.isHere() || claimed ? make() : answer
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
    isSettled: () => settled() !== null,
    ensure() {
      const ready = settled()
      if (ready) return Promise.resolve(ready)
      running ??= locked().finally(() => {
        running = null
      })
      return running
    },
    rest: () => Promise.resolve(running),
    isBusy: () => running !== null,
  }
}

/** Only what was filled in. */
function given(intake: object | null): object {
  return Object.fromEntries(Object.entries(intake ?? {}).filter(([, value]) => value))
}
