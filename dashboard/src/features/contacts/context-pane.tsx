/** Who one is talking to, and what was between us before. */
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { explain, isStatus } from '../../api.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { ConversationFacts } from '../conversations/conversation-facts.tsx'
import { nameOf } from '../conversations/names.ts'
import type { Conversation } from '../conversations/schema.ts'
import { useApi } from '../session/space.tsx'
import { ContactFields } from './contact-fields.tsx'
import { ContactTags } from './contact-tags.tsx'
import { Part } from './part.tsx'
import { PreviousConversations } from './previous-conversations.tsx'
import { contactQuery } from './queries.ts'
import type { Contact } from './schema.ts'

type ContextPaneProps = { conversation: Conversation; isOver: boolean; onClose: () => void }

export default function ContextPane({ conversation, isOver, onClose }: ContextPaneProps) {
  const { data, error, refetch } = useQuery(contactQuery(useApi(), conversation.contact_id))
  return (
    <aside
      aria-label="Customer"
      className={cx(
        'w-80 shrink-0 scroll-quiet border-line border-l bg-paper',
        isOver && 'absolute inset-y-0 right-0 z-20 animate-appear shadow-float max-md:w-full max-md:border-l-0',
      )}
    >
      {isOver && (
        <IconButton label="Close" keys="]" onClick={onClose} className="absolute top-3 right-3">
          <X size={20} />
        </IconButton>
      )}
      {data && <Head contact={data} />}
      {!data && !error && <HeadSkeleton />}
      {error && (
        <div className="h-56">
          {isStatus(error, 404) ? (
            <p className="p-6 text-center text-ink-3">This customer was deleted. The conversation stays.</p>
          ) : (
            <ErrorState title="The customer did not load" retry={refetch}>
              {explain(error)}
            </ErrorState>
          )}
        </div>
      )}
      <Part title="Conversation">
        <ConversationFacts conversation={conversation} />
      </Part>
      {data && <CustomData contact={data} />}
      <PreviousConversations conversation={conversation} />
    </aside>
  )
}

function Head({ contact }: { contact: Contact }) {
  const name = nameOf(contact)
  return (
    <>
      <div className="flex flex-col items-center px-5 pt-6 pb-4 text-center">
        <Avatar name={name} url={contact.avatar_url} size="lg" />
        <h2 dir="auto" className="mt-3 max-w-full text-balance font-semibold text-lg tracking-[-0.01em] wrap-anywhere">
          {name}
        </h2>
        <p className="mt-0.5 text-ink-3 text-xs">
          {contact.last_seen_at ? (
            <>
              Seen <Time at={contact.last_seen_at} />
            </>
          ) : (
            <>
              Since <Time at={contact.created_at} />
            </>
          )}
        </p>
      </div>
      <Part>
        <ContactFields contact={contact} />
        <ContactTags contact={contact} />
      </Part>
    </>
  )
}

function HeadSkeleton() {
  return (
    <div className="flex animate-late flex-col items-center gap-3 px-5 py-6" aria-hidden>
      <Skeleton className="size-12 rounded-full" />
      <Skeleton className="h-4 w-32" />
      <Skeleton className="mt-4 h-3.5 w-full" />
      <Skeleton className="h-3.5 w-full" />
      <Skeleton className="h-3.5 w-2/3 self-start" />
    </div>
  )
}

function CustomData({ contact }: { contact: Contact }) {
  const entries = Object.entries(contact.custom_data ?? {})
  if (entries.length === 0) return null
  return (
    <Part title="Data">
      <dl className="flex flex-col">
        {entries.map(([key, value]) => (
          <div key={key} className="flex min-h-8 items-center">
            <dt className="w-16 shrink-0 truncate text-ink-3" title={key}>
              {key}
            </dt>
            <dd className="min-w-0 truncate px-2" title={String(value)}>
              {String(value)}
            </dd>
          </div>
        ))}
      </dl>
    </Part>
  )
}
