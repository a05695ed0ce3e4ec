/**
 * Works one person's outbox off: one message after the other, with its files, until the server has each; see `outbox.ts`
 * for the states.
 *
 * Of one who leaves, what was written on this page is still sent, in their name and out of everybody's sight, for as long
 * as the page is there and a few minutes at most; then their session is ended. What was refused, or waits for answers to
 * the form, is let go.
 */
import type { Host } from './host.ts'
import type { Pending } from './outbox.ts'
import * as outbox from './outbox.ts'
import { type Answer, type Requests, reason } from './requests.ts'
import type { Self } from './self.ts'
import type { Intake, Store } from './state.ts'
import type { Uploads } from './uploads.ts'
import type { Visitors } from './visitors.ts'
import type { VisitorMessage } from './wire.ts'

interface Parts {
  self: Self
  host: Host
  requests: Requests
  store: Store
  uploads: Uploads
  visitors: Visitors
  /** The server has it. Null: it had it before, and the list will show it. */
  arrived: (message: VisitorMessage | null) => void
  /** The token is no more. */
  ended: () => void
}

export interface Delivery {
  /** Sends what waits, now. */
  flush(): void
  put(pending: Pending): void
  change(id: string, patch: Partial<Pending>): void
  drop(id: string): void
  /** Another tab wrote a message, or has sent it. */
  heard(id: string, value: string | null): void
  /** Takes up what was kept beside the page. */
  restore(): void
  /** They are no longer there. `isOurs`: whatever there is to be said, their session is to be ended here. */
  leave(isOurs: boolean): void
}

const FIRST_WAIT = 1_000
const LAST_WAIT = 30_000
/** How often what somebody left behind is tried. */
const PARTING_ATTEMPTS = 20

type Failure = Answer<unknown> & { ok: false }

export function createDelivery({ self, host, requests, store, uploads, visitors, arrived, ended }: Parts): Delivery {
  let isRunning = false
  let attempt = 0
  let retry: ReturnType<typeof setTimeout>
  /** Those this page answers for: of the others the tab does that wrote them. */
  const own = new Set<string>()
  /** What somebody who has left still has to say; null while they are there. */
  let parting: Pending[] | null = null
  let isEnding = false

  const list = () => parting ?? store.get().outbox

  function show(next: Pending[]) {
    if (parting) parting = next
    else store.set({ outbox: next })
  }

  /** Kept beside the page until it is sent, so that it survives one. */
  function persist(id: string) {
    if (parting) return
    const pending = list().find((other) => other.client_message_id === id)
    host.set(outbox.OUT + id, pending ? JSON.stringify(pending) : null)
  }

  function change(id: string, patch: Partial<Pending>) {
    show(outbox.change(list(), id, patch))
    persist(id)
  }

  function drop(id: string) {
    const gone = list().find((pending) => pending.client_message_id === id)
    if (!gone) return
    forget(gone)
    persist(id)
  }

  function forget(gone: Pending) {
    for (const file of gone.files) uploads.forget(file.key)
    show(outbox.remove(list(), gone.client_message_id))
  }

  function heard(id: string, value: string | null) {
    const here = list().find((pending) => pending.client_message_id === id)
    const there = value && outbox.read(value)
    if (there && !here) show(outbox.add(list(), there))
    // What is gone from the page's storage is not written back.
    if (!there && here) forget(here)
  }

  async function run() {
    clearTimeout(retry)
    if (isRunning) return
    isRunning = true
    for (let pending = outbox.next(list()); pending; pending = outbox.next(list())) {
      own.add(pending.client_message_id)
      change(pending.client_message_id, { state: 'sending' })
      const failure = await deliver(pending)
      // They may have signed out in another tab, and only the page's storage knows yet.
      if (failure?.status === 401) await host.fresh()
      if (!failure) attempt = 0
      else if (!(parting ? part(pending, failure) : settle(pending, failure))) break
    }
    isRunning = false
    if (parting?.length === 0) void visitors.rest().then(end)
  }

  /** Answers what stood in the way; null: the server has it. */
  async function deliver(pending: Pending): Promise<Failure | null> {
    const ensured = await visitors.ensure()
    if (!ensured.ok) return ensured
    for (const file of pending.files.filter(({ id }) => !id)) {
      const answer = await uploads.finish(file.key, ensured.token)
      if (!answer) return refused(`${file.name} is no longer here. Attach it again.`)
      if (!answer.ok) return answer
      file.id = answer.body.id
    }
    const { client_message_id, body, files } = pending
    const attachments = files.map(({ id }) => id).filter((id) => id !== null)
    const answer = await requests.send({ client_message_id, body, attachments }, ensured.token)
    if (!answer.ok && outbox.verdict(answer.status, answer.problem?.code) !== 'sent') return answer
    drop(client_message_id)
    if (self.isHere()) arrived(answer.ok ? answer.body : null)
    return null
  }

  /** Answers whether the next message may be tried. */
  function settle({ client_message_id, files }: Pending, failure: Failure): boolean {
    const wrong = intakeErrors(failure)
    if (wrong) {
      // The form comes back with what is wrong; the messages wait for its answers.
      host.set('intake', null)
      store.set({ intake: null, intakeErrors: wrong })
      change(client_message_id, { state: 'waiting' })
      return false
    }
    if (outbox.verdict(failure.status) === 'refused') {
      const isOver = failure.status === 401
      change(client_message_id, { state: 'refused', reason: isOver ? 'Your session ended.' : reason(failure) })
      if (isOver) ended()
      return true
    }
    change(client_message_id, { state: 'waiting', files })
    again(failure)
    if (failure.status === 0) store.set({ isOnline: false })
    return false
  }

  function again({ retry_after }: Failure) {
    const wait = Math.min(FIRST_WAIT * 2 ** attempt, LAST_WAIT) * (0.5 + Math.random())
    attempt += 1
    retry = setTimeout(run, (retry_after ?? 0) * 1_000 || wait)
  }

  /** As `settle`, for one who has left: there is nobody to ask. */
  function part({ client_message_id, files }: Pending, failure: Failure): boolean {
    const isOver = failure.status === 401 && self.session() !== null && self.claims() !== null
    const isRefused = !isOver && outbox.verdict(failure.status) === 'refused'
    if (isRefused || attempt >= PARTING_ATTEMPTS) {
      drop(client_message_id)
      return true
    }
    // Another tab has ended the session; whom the page has named can begin one more.
    if (isOver) self.keep(null)
    change(client_message_id, { state: 'waiting', files })
    again(failure)
    return false
  }

  function leave(isOurs: boolean) {
    parting = list().filter((pending) => own.has(pending.client_message_id) && pending.state !== 'refused')
    store.set({ outbox: [] })
    isEnding = isOurs || parting.length > 0 || visitors.isBusy()
    if (isEnding) window.addEventListener('pagehide', end)
    attempt = 0
    void run()
  }

  function end() {
    window.removeEventListener('pagehide', end)
    const session = self.session()
    if (isEnding && session) requests.leave(session.token)
    isEnding = false
    self.keep(null)
  }

  return {
    flush() {
      attempt = 0
      void run()
    },
    put(pending) {
      own.add(pending.client_message_id)
      show(outbox.add(list(), pending))
      persist(pending.client_message_id)
      void run()
    },
    change,
    drop,
    heard,
    restore() {
      const kept = outbox.restore(host.stored())
      for (const { client_message_id } of kept) own.add(client_message_id)
      show(kept)
    },
    leave,
  }
}

function refused(detail: string): Failure {
  return { ok: false, status: 422, retry_after: null, problem: { status: 422, code: 'file_gone', detail } }
}

function intakeErrors({ status, problem }: Failure): Partial<Record<keyof Intake, string>> | null {
  if (status !== 422) return null
  const wrong: Partial<Record<keyof Intake, string>> = {}
  for (const { pointer } of problem?.errors ?? []) {
    if (pointer === '/name') wrong.name = 'This name is not accepted.'
    if (pointer === '/email') wrong.email = 'This is not an e-mail address.'
  }
  return Object.keys(wrong).length ? wrong : null
}
