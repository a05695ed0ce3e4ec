/** Every request of the app: to the web chat's public API of its own origin, each with a time-out and an answer that never throws. */
import type {
  ChatFile,
  MessagePage,
  Problem,
  VisitorBody,
  VisitorConversation,
  VisitorMessage,
  WebChat,
} from './wire.ts'

/** Status 0: the network, or a time-out. */
export type Answer<T> =
  | { ok: true; status: number; body: T }
  | { ok: false; status: number; problem: Problem | null; retry_after: number | null }

export interface Requests {
  config(): Promise<Answer<WebChat>>
  makeVisitor(fields: object, token: string | null): Promise<Answer<VisitorBody>>
  visitor(): Promise<Answer<VisitorBody>>
  /** Those after a position, or the latest before one; the latest of all without either. */
  messages(range: { after?: number; before?: number; limit: number }): Promise<Answer<MessagePage>>
  /** `token`: of whoever wrote it, who need not be there any more. */
  send(
    message: { body: string; attachments: string[]; client_message_id: string },
    token: string,
  ): Promise<Answer<VisitorMessage>>
  read(position: number, delivered: boolean): Promise<Answer<VisitorConversation>>
  upload(file: File, sending: Sending): Promise<Answer<ChatFile>>
  /** Signs out, even while the page goes away. */
  leave(token: string): void
}

interface Sending {
  token: string
  progress: (share: number) => void
  signal: AbortSignal
}

const TIMEOUT = 20_000
const UPLOAD_TIMEOUT = 600_000

export function createRequests(inbox: string, token: () => string | null): Requests {
  const base = `/v1/web-chat/${encodeURIComponent(inbox)}`

  async function call<T>(method: string, path: string, body?: object, as = token()): Promise<Answer<T>> {
    try {
      const response = await fetch(base + path, {
        method,
        headers: { ...bearer(as), ...(body && { 'Content-Type': 'application/json' }) },
        body: body ? JSON.stringify(body) : null,
        signal: AbortSignal.timeout(TIMEOUT),
      })
      const { ok, status, headers } = response
      if (ok) return { ok, status, body: await response.json() }
      return { ok, status, problem: await problemOf(response), retry_after: seconds(headers.get('Retry-After')) }
    } catch {
      return { ok: false, status: 0, problem: null, retry_after: null }
    }
  }

  return {
    config: () => call('GET', '', undefined, null),
    makeVisitor: (fields, as) => call('POST', '/visitors', fields, as),
    visitor: () => call('GET', '/visitor'),
    messages: ({ after, before, limit }) => {
      const from = after === undefined ? '' : `&after=${after}`
      const to = before === undefined ? '' : `&before=${before}`
      return call('GET', `/messages?limit=${limit}${from}${to}`)
    },
    send: ({ attachments, ...message }, as) =>
      call('POST', '/messages', attachments.length ? { ...message, attachments } : message, as),
    read: (position, delivered) => call('POST', '/read', delivered ? { position, delivered } : { position }),
    upload: (file, sending) => upload(`${base}/files`, file, sending),
    leave(as) {
      const signal = AbortSignal.timeout(TIMEOUT)
      fetch(`${base}/visitor`, { method: 'DELETE', headers: bearer(as), keepalive: true, signal }).catch(() => {})
    },
  }
}

/** Why something was refused, in the server's words where it has some. */
export function reason(answer: { status: number; problem: Problem | null }): string {
  const { status, problem } = answer
  if (status === 413) return 'This is larger than the server takes.'
  return problem?.errors?.[0]?.detail ?? problem?.detail ?? problem?.title ?? 'The server refused it.'
}

/** XMLHttpRequest, because fetch does not tell how far an upload is. */
function upload(url: string, file: File, { token, progress, signal }: Sending): Promise<Answer<ChatFile>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    const form = new FormData()
    form.append('file', file, file.name)
    request.open('POST', url)
    request.responseType = 'json'
    request.timeout = UPLOAD_TIMEOUT
    for (const [name, value] of Object.entries(bearer(token))) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0)
    request.onloadend = () => {
      const { status, response } = request
      if (status >= 200 && status < 300) resolve({ ok: true, status, body: response })
      else {
        const retry_after = status ? seconds(request.getResponseHeader('Retry-After')) : null
        resolve({ ok: false, status, problem: response, retry_after })
      }
    }
    signal.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}

function bearer(token: string | null): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {}
}

async function problemOf(response: Response): Promise<Problem | null> {
  try {
    return await response.json()
  } catch {
    return null
  }
}

function seconds(header: string | null): number | null {
  const value = Number(header)
  return header && Number.isFinite(value) ? value : null
}
