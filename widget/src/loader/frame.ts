/** The app's frame in the panel: made when it is first wanted, greeted when it has loaded, and spoken to over a channel of its own. */
import type { Hello, ToApp, ToLoader } from '../bridge.ts'
import { element } from './button.ts'

/** After this the visitor is told that the app does not come. */
const PATIENCE = 12_000

export interface Frame {
  /** Starts loading, unless it has. */
  warm(): void
  focus(): void
  tell(message: ToApp): void
}

export function createFrame(
  panel: HTMLElement,
  src: string,
  hello: () => Hello,
  hear: (message: ToLoader) => void,
): Frame {
  const origin = new URL(src).origin
  const wait = element('button', { class: 'wait' })

  let frame: HTMLIFrameElement | undefined
  let port: MessagePort | undefined
  let timer: ReturnType<typeof setTimeout>

  function load() {
    frame?.remove()
    wait.disabled = true
    wait.textContent = 'Opening the chat…'
    frame = element('iframe', { src, title: 'Chat' })
    frame.onload = greet
    panel.append(wait, frame)
    timer = setTimeout(() => {
      frame?.remove()
      wait.disabled = false
      wait.textContent = 'The chat does not load. Try again'
    }, PATIENCE)
  }

  function greet() {
    const channel = new MessageChannel()
    port = channel.port1
    port.onmessage = ({ data }: MessageEvent<ToLoader>) => {
      if (data.type === 'ready') {
        clearTimeout(timer)
        wait.remove()
      }
      hear(data)
    }
    // Delivered only if the frame still shows our origin.
    frame?.contentWindow?.postMessage(hello(), origin, [channel.port2])
  }

  wait.onclick = load

  return {
    warm() {
      if (!frame) load()
    },
    focus: () => frame?.focus(),
    tell: (message) => port?.postMessage(message),
  }
}
