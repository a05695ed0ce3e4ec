/** The app's end of the bridge to the customer's page; or the page's own storage, where the app is opened by itself in a tab. */
import { type Hello, isHello, type Session, type Stored, type ToApp, type ToLoader } from '../bridge.ts'
import { openStore } from '../loader/store.ts'

export interface Host {
  readonly hello: Hello
  /** As far as this frame knows: other tabs may be ahead by a moment. */
  get(key: string): string | null
  set(key: string, value: string | null): void
  session(): Session | null
  /** Reads everything again from the page's storage, so that what another tab wrote is known. */
  fresh(): Promise<void>
  tell(message: ToLoader): void
  hear(heard: (message: ToApp) => void): void
}

/** Waits for the loader's greeting. Only the embedding window's first one counts; all else travels on the channel it brings. */
export function findHost(inbox: string): Promise<Host> {
  if (window.parent === window) return Promise.resolve(ownHost(inbox))
  return new Promise((resolve) => {
    function greeted({ source, data, ports: [port] }: MessageEvent) {
      if (source !== window.parent || !isHello(data) || !port) return
      window.removeEventListener('message', greeted)
      resolve(loaderHost(data, port))
    }
    window.addEventListener('message', greeted)
  })
}

function loaderHost(hello: Hello, port: MessagePort): Host {
  const listeners: ((message: ToApp) => void)[] = []
  let stored: Stored = hello.stored
  let read: (() => void)[] = []

  const tell = (message: ToLoader) => port.postMessage(message)
  const keep = (key: string, value: string | null) => {
    const { [key]: _, ...rest } = stored
    stored = value === null ? rest : { ...rest, [key]: value }
  }
  port.onmessage = ({ data }: MessageEvent<ToApp>) => {
    if (data.type === 'stored') keep(data.key, data.value)
    if (data.type === 'all') {
      stored = data.stored
      for (const done of read) done()
      read = []
    }
    for (const heard of listeners) heard(data)
  }

  return {
    hello,
    get: (key) => stored[key] ?? null,
    set(key, value) {
      keep(key, value)
      tell({ type: 'store', key, value })
    },
    session: () => sessionOf(stored['session'] ?? null),
    fresh: () =>
      new Promise((done) => {
        read.push(done)
        tell({ type: 'read' })
      }),
    tell,
    hear: (heard) => listeners.push(heard),
  }
}

function ownHost(inbox: string): Host {
  let heard: (message: ToApp) => void = () => {}
  const store = openStore(`antiphon:${inbox}:`, (key, value) => heard({ type: 'stored', key, value }))
  return {
    hello: { antiphon: 'hello', stored: store.all(), open: true, color: null },
    get: store.get,
    set: store.set,
    session: () => sessionOf(store.get('session')),
    fresh: async () => {},
    tell: () => {},
    hear: (next) => {
      heard = next
    },
  }
}

function sessionOf(text: string | null): Session | null {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
