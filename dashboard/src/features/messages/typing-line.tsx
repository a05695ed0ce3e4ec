import { useSyncExternalStore } from 'react'
import { useSpace } from '../session/space.tsx'

/** Its height is always kept, so that nothing jumps when somebody starts or stops. */
export function TypingLine({ conversationId }: { conversationId: string }) {
  const { live, user } = useSpace()
  const people = useSyncExternalStore(live.ephemera.subscribe, () => live.ephemera.people('typing', conversationId))
  const names = people.filter((person) => person.id !== user.id).map((person) => person.name)
  return (
    <div className="mt-1 flex h-6 items-center gap-2 text-ink-3 text-xs" role="status">
      {names.length > 0 && (
        <>
          <span className="flex gap-1" aria-hidden>
            <span className="size-1 animate-breathe rounded-full bg-ink-3" />
            <span className="size-1 animate-breathe rounded-full bg-ink-3 [animation-delay:200ms]" />
            <span className="size-1 animate-breathe rounded-full bg-ink-3 [animation-delay:400ms]" />
          </span>
          <span className="truncate" dir="auto">
            {names.join(' and ')} {names.length > 1 ? 'are' : 'is'} writing
          </span>
        </>
      )}
    </div>
  )
}
