import { useEffect, useRef, useState } from 'react'
import type { Message } from './schema.ts'

/** Reads out what arrives in the open thread, and nothing that was there before or was fetched from the past. */
export function Announcer({ messages }: { messages: Message[] }) {
  const heard = useRef(messages.at(-1)?.position ?? 0)
  const [words, setWords] = useState('')

  useEffect(() => {
    const arrived = messages.filter((message) => message.position > heard.current && message.type === 'incoming')
    heard.current = Math.max(heard.current, messages.at(-1)?.position ?? 0)
    const last = arrived.at(-1)
    if (last) setWords(`${last.author.name ?? 'Visitor'}: ${last.body || 'an attachment'}`)
  }, [messages])

  return (
    <div aria-live="polite" className="sr-only">
      {words}
    </div>
  )
}
