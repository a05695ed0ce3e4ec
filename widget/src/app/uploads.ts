/** Attachments: what is refused before it is sent anywhere, the uploads under way, and the tray of the message being written. */
import * as blobs from './blobs.ts'
import type { Host } from './host.ts'
import { type Answer, type Requests, reason } from './requests.ts'
import { fileSize } from './say.ts'
import type { Store, TrayFile } from './state.ts'
import type { ChatFile } from './wire.ts'

export const LARGEST = 40_000_000
export const MOST = 10

export interface Uploads {
  attach(files: Iterable<File>): void
  detach(key: string): void
  /** Takes what may be sent out of the tray. */
  take(): TrayFile[]
  /** Uploads the file, or waits for the upload that runs. Null: its bytes are no longer here. */
  finish(key: string, token: string): Promise<Answer<ChatFile> | null>
  /** The file is at the server, or given up. */
  forget(key: string): void
  /** Lets go of what lies in the tray. */
  clear(): void
}

export function createUploads(host: Host, requests: Requests, store: Store): Uploads {
  const running = new Map<string, { done: Promise<Answer<ChatFile>>; abort: AbortController }>()

  function change(key: string, patch: Partial<TrayFile>) {
    store.set({ tray: store.get().tray.map((file) => (file.key === key ? { ...file, ...patch } : file)) })
  }

  function progress(key: string, share: number) {
    store.set({ progress: { ...store.get().progress, [key]: share } })
  }

  function upload(key: string, file: File, token: string): Promise<Answer<ChatFile>> {
    const abort = new AbortController()
    progress(key, 0)
    const done = requests.upload(file, {
      token,
      progress: (share) => progress(key, share),
      signal: abort.signal,
    })
    running.set(key, { done, abort })
    void done.then((answer) => {
      if (!answer.ok) running.delete(key)
      if (answer.ok) change(key, { id: answer.body.id })
      else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
        change(key, { reason: reason(answer) })
    })
    return done
  }

  function attach(file: File) {
    const { name, size, type: content_type } = file
    const key = crypto.getRandomValues(new Uint32Array(3)).join('-')
    const reason = refusal(file, store.get().tray)
    store.set({ tray: [...store.get().tray, { key, name, size, content_type, id: null, reason }] })
    if (reason) return
    void blobs.keep(key, file)
    // Without a visitor there is nobody to upload for: it is done when the message is sent.
    const session = host.session()
    if (session) void upload(key, file, session.token)
  }

  function detach(key: string) {
    running.get(key)?.abort.abort()
    forget(key)
    store.set({ tray: store.get().tray.filter((file) => file.key !== key) })
  }

  function forget(key: string) {
    running.delete(key)
    void blobs.drop(key)
  }

  return {
    attach(files) {
      for (const file of files) attach(file)
    },
    detach,
    take() {
      const taken = store.get().tray.filter((file) => !file.reason)
      store.set({ tray: [] })
      return taken
    },
    async finish(key, token) {
      const under = running.get(key)
      if (under) return under.done
      const file = await blobs.find(key)
      return file && upload(key, file, token)
    },
    forget,
    clear() {
      for (const { key } of store.get().tray) detach(key)
    },
  }
}

function refusal({ name, size }: File, tray: TrayFile[]): string | null {
  if (size > LARGEST) return `${name} is ${fileSize(size)}; the most is ${fileSize(LARGEST)}.`
  if (size === 0) return `${name} is empty.`
  if (tray.filter((file) => !file.reason).length >= MOST) return `A message carries ${MOST} files at most.`
  return null
}
