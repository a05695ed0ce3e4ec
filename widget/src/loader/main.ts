/**
 * The loader: `<script src="https://…/widget.js" data-inbox="…" async></script>`.
 * Draws the button, keeps what is to be kept, answers `window.Antiphon`; the app is fetched when it is first wanted.
 */
import type { Claims, ToLoader } from '../bridge.ts'
import { draw } from './button.ts'
import { createFrame } from './frame.ts'
import { createPanel } from './panel.ts'
import { openStore } from './store.ts'
import { createVisitor } from './visitor.ts'

interface Api {
  open(): void
  close(): void
  toggle(): void
  identify(claims: Claims): void
  signOut(): void
  /** `open`, `close`, `unread` (count), `message` (one that was just sent or received). Answers how to stop hearing. */
  on(event: string, heard: Heard): () => void
  /** Before this script has loaded, calls wait in an array: `(window.Antiphon ||= []).push((chat) => chat.open())`. */
  push(...calls: Call[]): void
}

type Call = (chat: Api) => void
type Heard = (detail: unknown) => void

declare global {
  interface Window {
    Antiphon?: Api | Call[]
  }
}

/** Milliseconds between two looks for something unread: at first, and at most. */
const POLL_FIRST = 20_000
const POLL_LAST = 300_000

const script = document.currentScript ?? document.querySelector('script[data-inbox]')
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start)
else start()

/** Does nothing on a page that has its button already. */
function start() {
  const waiting = window.Antiphon ?? []
  if (!(script instanceof HTMLScriptElement && Array.isArray(waiting))) return
  const api = run(script)
  window.Antiphon = api
  api.push(...waiting)
}

function run({ src, dataset }: HTMLScriptElement): Api {
  const { origin } = new URL(src)
  const inbox = encodeURIComponent(dataset['inbox'] ?? '')
  const listeners = new Set<readonly [event: string, heard: Heard]>()
  /** Each listener in a task of its own: one that throws stops nobody. */
  function say(event: string, detail?: unknown) {
    for (const [wanted, heard] of listeners) if (wanted === event) queueMicrotask(() => heard(detail))
  }

  const tell = (key: string, value: string | null) => frame.tell({ type: 'stored', key, value })
  const disk = openStore(`antiphon:${inbox}:`, tell)
  const set = (key: string, value: string | null) => {
    disk.set(key, value)
    tell(key, value)
  }
  /** Begins a new person before it lets go of the former one's things: whoever hears of it, here or in another tab, hears in this order. */
  function forget() {
    const person = `${Math.random()}`
    disk.set('person', person)
    frame.tell({ type: 'left', person })
    for (const key in disk.all()) if (!/look|person/.test(key)) disk.set(key, null)
    unread(0)
    return isLoaded
  }

  const parts = draw(dataset['label'] ?? 'Chat with us', dataset['position'] === 'left')
  const color = dataset['color'] ?? null
  const paint = () => parts.paint(color ?? disk.get('look'))
  paint()

  let count = 0
  let isLoaded = false
  function unread(now: number) {
    if (now > 0) frame.warm()
    if (now === count) return
    count = now
    parts.badge(count)
    say('unread', count)
  }

  const frame = createFrame(
    parts.panel,
    `${origin}/widget/frame?inbox=${inbox}`,
    () => ({ antiphon: 'hello', stored: disk.all(), open: panel.isOpen(), color }),
    hear,
  )
  const panel = createPanel(parts, frame, (open) => say(open ? 'open' : 'close'))
  const visitor = createVisitor(
    `${origin}/v1/web-chat/${inbox}/visitor`,
    { get: disk.get, set },
    forget,
    (now) => isLoaded || unread(now),
  )

  function hear(message: ToLoader) {
    if (message.type === 'ready') isLoaded = true
    if (message.type === 'close') panel.close()
    if (message.type === 'read') frame.tell({ type: 'all', stored: disk.all() })
    if (message.type === 'unread') unread(message.count)
    if (message.type === 'message') say('message', message.message)
    if (message.type === 'store' && message.person === disk.get('person')) {
      disk.set(message.key, message.value)
      paint()
    }
  }

  /** Until the app is there to hear for itself, a returning visitor's page asks, ever more seldom, and only while it is looked at. */
  let pause = POLL_FIRST
  let timer: ReturnType<typeof setTimeout>
  async function watch() {
    clearTimeout(timer)
    if (isLoaded || document.hidden) return
    if (await visitor.check()) timer = setTimeout(watch, pause)
    pause = Math.min(pause * 1.5, POLL_LAST)
  }
  document.addEventListener('visibilitychange', () => {
    pause = POLL_FIRST
    void watch()
  })

  const { externalId: external_id, email, name, userHash: user_hash } = dataset
  if (external_id || email) visitor.identify({ external_id, email, name, user_hash })
  void watch()

  const api: Api = {
    open: panel.open,
    close: panel.close,
    toggle: panel.toggle,
    identify: visitor.identify,
    signOut: visitor.signOut,
    on(event, heard) {
      const listener = [event, heard] as const
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    push(...calls) {
      for (const call of calls) call(api)
    },
  }
  return api
}
