/** The app's end of the bridge to the customer's page; or the page's own storage, where the app is opened by itself in a tab. */
import { type Hello, isHello, type Session, type Stored, type ToApp, type ToLoader } from '../bridge.ts'
import { openStore } from '../loader/store.ts'

export interface Host {
  readonly hello: Hello
  /** As far as this frame knows: other tabs may be ahead by a moment. */
  get(key: string): string | null
  set(key: string, value: string | null): void
  session(): Session | null
  /** All that is kept for the person who is there. */
  stored(): Stored
  /** Reads everything again from the page's storage, so that what another tab wrote is known. */
  fresh(): Promise<void>
  tell(message: ToLoader): void
  hear(heard: (message: ToApp) => void): void
  /** Another person is there from now on. `former` is what was kept for the one who left; `isOurs`: their session is this app's to end. */
  left(heard: (former: Stored, isOurs: boolean) => void): void
}

/** Waits for the loader's greeting. Only the embedding window's first one counts; all else travels on the channel it brings. */
export function findHost(inbox: string): Promise<Host> {
  if (window.parent === window) return Promise.resolve(ownHost(inbox))
  return new Promise((resolve) => {
    function greeted({ source, data, ports: [port] }: MessageEvent) {
      if (source !== window.parent || !isHello(data) || !port) return
      window.removeEventListener('message', greeted)
      const listen: Wire['listen'] = (heard) => {
        port.onmessage = ({ data }: MessageEvent<ToApp>) => heard(data)
      }
      resolve(createHost(data, { tell: (message) => port.postMessage(message), listen }))
    }
    window.addEventListener('message', greeted)
  })
}

interface Wire {
  tell(message: ToLoader): void
  listen(heard: (message: ToApp) => void): void
}

export function createHost(hello: Hello, wire: Wire): Host {
  const listeners: ((message: ToApp) => void)[] = []
  let stored: Stored = hello.stored
  /** Those who wait for an answer, which knows nothing of what was written after they asked. */
  let reads: { done: () => void; written: Map<string, string | null> }[] = []
  let left: (former: Stored, isOurs: boolean) => void = () => {}

  const person = () => stored['person'] ?? null
  function keep(key: string, value: string | null) {
    const { [key]: _, ...rest } = stored
    stored = value === null ? rest : { ...rest, [key]: value }
  }
  /** What is kept from now on; of another person, perhaps. */
  function replace(next: Stored, isOurs: boolean) {
    const former = stored
    const before = person()
    stored = next
    if (person() === before) return
    for (const { written } of reads) written.clear()
    left(former, isOurs)
  }

  wire.listen((message) => {
    if (message.type === 'left') replace({ person: message.person }, true)
    if (message.type === 'stored' && message.key === 'person') {
      if (message.value && message.value !== person()) replace({ person: message.value }, false)
    } else if (message.type === 'stored') keep(message.key, message.value)
    if (message.type === 'all') {
      const [read, ...others] = reads
      replace(message.stored, false)
      for (const [key, value] of read?.written ?? []) keep(key, value)
      reads = others
      read?.done()
    }
    for (const heard of listeners) heard(message)
  })

  return {
    hello,
    get: (key) => stored[key] ?? null,
    set(key, value) {
      keep(key, value)
      for (const { written } of reads) written.set(key, value)
      wire.tell({ type: 'store', key, value, person: person() })
    },
    session: () => sessionOf(stored['session'] ?? null),
    stored: () => stored,
    fresh: () =>
      new Promise((done) => {
        reads.push({ done, written: new Map() })
        wire.tell({ type: 'read' })
      }),
    tell: wire.tell,
    hear: (heard) => listeners.push(heard),
    left(heard) {
      left = heard
    },
  }
}

/** Answers as the loader would. */
function ownHost(inbox: string): Host {
  let heard: (message: ToApp) => void = () => {}
  const store = openStore(`antiphon:${inbox}:`, (key, value) => heard({ type: 'stored', key, value }))
  return createHost(
    { antiphon: 'hello', stored: store.all(), open: true, color: null },
    {
      tell(message) {
        if (message.type === 'read') queueMicrotask(() => heard({ type: 'all', stored: store.all() }))
        if (message.type === 'store' && message.person === store.get('person')) store.set(message.key, message.value)
      },
      listen(next) {
        heard = next
      },
    },
  )
}

export function sessionOf(text: string | null): Session | null {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
