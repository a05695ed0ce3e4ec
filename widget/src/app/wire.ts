/** The web chat's public API and live frames, as this app reads them. Snake_case: data is spelled one way from the table to the browser. */

export type Asked = 'off' | 'optional' | 'required'

export interface WebChat {
  inbox_id: string
  name: string
  enabled: boolean
  settings: {
    greeting: string | null
    brand_color: string | null
    pre_chat: { name: Asked; email: Asked }
    attachments: boolean
  }
}

export interface VisitorContact {
  id: string
  name: string | null
  email: string | null
  verified: boolean
}

export interface VisitorConversation {
  id: string
  status: 'open' | 'pending' | 'snoozed' | 'resolved' | 'spam'
  last_position: number
  read_position: number
  team_read_position: number
  created_at: string
}

export interface ChatFile {
  id: string
  name: string
  content_type: string
  size: number
  width: number | null
  height: number | null
  /** Null in live frames: a fresh, signed one comes with the message from the list. */
  url: string | null
}

export interface Author {
  type: 'contact' | 'user' | 'bot' | 'api'
  name: string | null
}

export interface VisitorMessage {
  id: string
  position: number
  conversation_id: string
  type: 'incoming' | 'outgoing'
  body: string
  html: string | null
  author: Author
  attachments: ChatFile[]
  status: string
  client_message_id: string | null
  created_at: string
  deleted_at: string | null
}

/** What the making and the reading of a visitor answer. */
export interface VisitorBody {
  token: string
  contact: VisitorContact
  conversation: VisitorConversation | null
}

export interface MessagePage {
  data: VisitorMessage[]
  has_more: boolean
  conversation: VisitorConversation | null
}

export interface LiveEvent {
  id: string
  type: string
  cursor: string
  data: { message?: VisitorMessage; conversation?: VisitorConversation }
}

export type LiveFrame =
  | { type: 'ready' | 'ping' | 'resync_required' }
  | { type: 'caught_up'; cursor?: string }
  | { type: 'event'; event: LiveEvent }
  | { type: 'typing'; author: Author; on: boolean }

/** `application/problem+json`. */
export interface Problem {
  status: number
  code: string
  title?: string
  detail?: string
  errors?: { pointer: string; code: string; detail?: string }[]
}
