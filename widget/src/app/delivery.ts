/** Works the outbox off: one message after the other, with its files, until the server has each; see `outbox.ts` for the states. */
import type { Host } from './host.ts'
import type { Pending } from './outbox.ts'
import * as outbox from './outbox.ts'
import { type Answer, type Requests, reason } from './requests.ts'
import type { Intake, Store } from './state.ts'
import type { Uploads } from './uploads.ts'
import type { Visitors } from './visitors.ts'
import type { VisitorMessage } from './wire.ts'

interface Parts {
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
}

const FIRST_WAIT = 1_000
const LAST_WAIT = 30_000

type Failure = Answer<unknown> & { ok: false }

export function createDelivery({ host, requests, store, uploads, visitors, arrived, ended }: Parts): Delivery {
  let isRunning = false
  let attempt = 0
  let retry: ReturnType<typeof setTimeout>

  const list = () => store.get().outbox

  /** Kept beside the page until it is sent, so that it survives one. */
  function persist(id: string) {
    const pending = list().find((other) => other.client_message_id === id)
    host.set(outbox.OUT + id, pending ? JSON.stringify(pending) : null)
  }

  function change(id: string, patch: Partial<Pending>) {
    store.set({ outbox: outbox.change(list(), id, patch) })
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
    store.set({ outbox: outbox.remove(list(), gone.client_message_id) })
  }

  function heard(id: string, value: string | null) {
    const here = list().find((pending) => pending.client_message_id === id)
    const there = value && outbox.read(value)
    if (there && !here) store.set({ outbox: outbox.add(list(), there) })
    // What is gone from the page's storage is not written back.
    if (!there && here) forget(here)
  }

  async function run() {
    clearTimeout(retry)
    if (isRunning) return
    isRunning = true
    for (let pending = outbox.next(list()); pending; pending = outbox.next(list())) {
      change(pending.client_message_id, { state: 'sending' })
      const failure = await deliver(pending)
      if (!failure) attempt = 0
      else if (!settle(pending, failure)) break
    }
    isRunning = false
  }

  /** Answers what stood in the way; null: the server has it. */
  async function deliver(pending: Pending): Promise<Failure | null> {
    const ensured = await visitors.ensure()
    if (!ensured.ok) return ensured
    for (const file of pending.files.filter(({ id }) => !id)) {
      const answer = await uploads.finish(file.key)
      if (!answer) return refused(`${file.name} is no longer here. Attach it again.`)
      if (!answer.ok) return answer
      file.id = answer.body.id
    }
    const { client_message_id, body, files } = pending
    const attachments = files.map(({ id }) => id).filter((id) => id !== null)
    const answer = await requests.send({ client_message_id, body, attachments })
    if (!answer.ok && outbox.verdict(answer.status, answer.problem?.code) !== 'sent') return answer
    drop(client_message_id)
    arrived(answer.ok ? answer.body : null)
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
    const wait = Math.min(FIRST_WAIT * 2 ** attempt, LAST_WAIT) * (0.5 + Math.random())
    attempt += 1
    retry = setTimeout(run, (failure.retry_after ?? 0) * 1_000 || wait)
    if (failure.status === 0) store.set({ isOnline: false })
    return false
  }

  return {
    flush() {
      attempt = 0
      void run()
    },
    put(pending) {
      store.set({ outbox: outbox.add(list(), pending) })
      persist(pending.client_message_id)
      void run()
    },
    change,
    drop,
    heard,
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
