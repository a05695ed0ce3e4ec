/** One message, sent or on its way. Consecutive ones of one author join: only the first says who, only the last says how far it came. */
import type { Chat } from './chat.ts'
import { Attachment, FileChip } from './files-view.tsx'
import { Icon } from './icons.tsx'
import type { Pending } from './outbox.ts'
import { RichText } from './rich-text.tsx'
import { clock, moment, speaker } from './say.ts'
import type { VisitorMessage } from './wire.ts'

interface Shown {
  message: VisitorMessage
  /** Who answers where no person is named. */
  house: string
  isFirst: boolean
  /** Of the visitor's own: how far it came; only the last one says it. */
  state: 'Delivered' | 'Read' | null
}

export function MessageView({ message, house, isFirst, state }: Shown) {
  const { type, body, html, attachments, author, created_at, deleted_at } = message
  const isMine = type === 'incoming'
  const who = isMine ? 'You' : speaker(author, house)
  return (
    <li class={`message ${isMine ? 'mine' : 'theirs'}`}>
      <p class={isFirst && !isMine ? 'who' : 'spoken'}>
        <span dir="auto">{who}</span> <time dateTime={created_at}>{clock(created_at)}</time>
      </p>
      {deleted_at ? (
        <p class="deleted">This message was deleted.</p>
      ) : (
        <>
          {body && (
            <div class={isOnlyEmoji(body) ? 'emoji' : 'bubble'} dir="auto" title={moment(created_at)}>
              <RichText body={body} html={html} />
            </div>
          )}
          {attachments.map((file) => (
            <Attachment key={file.id} file={file} />
          ))}
        </>
      )}
      {state && (
        <p class="state">
          <Icon name={state === 'Read' ? 'read' : 'sent'} size={14} /> {state}{' '}
          <span aria-hidden="true">· {clock(created_at)}</span>
        </p>
      )}
    </li>
  )
}

export function PendingView({
  chat,
  pending,
  progress,
}: {
  chat: Chat
  pending: Pending
  progress: Record<string, number>
}) {
  const { client_message_id: id, body, files, state, reason } = pending
  return (
    <li class={`message mine ${state}`}>
      <p class="spoken">You</p>
      {body && (
        <div class={isOnlyEmoji(body) ? 'emoji' : 'bubble'} dir="auto">
          <RichText body={body} html={null} />
        </div>
      )}
      {files.length > 0 && (
        <ul class="tray" aria-label="Files">
          {files.map((file) => (
            <FileChip key={file.key} file={file} progress={file.id ? 1 : progress[file.key]} />
          ))}
        </ul>
      )}
      {state === 'refused' ? (
        <p class="state wrong" role="alert">
          <Icon name="alert" size={14} /> Not sent. {reason}{' '}
          <span class="choices">
            <button type="button" class="link" onClick={() => chat.retry(id)}>
              Retry
            </button>
            <button type="button" class="link" onClick={() => chat.discard(id)}>
              Delete
            </button>
          </span>
        </p>
      ) : (
        <p class="state">
          <Icon name="clock" size={14} /> {state === 'sending' ? 'Sending' : 'Waiting to be sent'}
        </p>
      )}
    </li>
  )
}

/** One to three emoji and nothing else are shown large. */
function isOnlyEmoji(body: string): boolean {
  return /^(?:\p{RI}\p{RI}|\p{Emoji_Presentation}(?:\p{Emoji_Modifier}|\u200d\p{Extended_Pictographic}|\ufe0f)*|\p{Extended_Pictographic}\ufe0f(?:\u200d\p{Extended_Pictographic}\ufe0f?)*|\s){1,3}$/u.test(
    body,
  )
}
