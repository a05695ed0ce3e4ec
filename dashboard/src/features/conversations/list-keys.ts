import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useHotkeys } from '../../ui/hotkeys.ts'
import { useMayWrite } from '../session/space.tsx'
import { useToggleResolved } from './change.ts'
import { type Intent, intend } from './intent.ts'
import type { Conversation } from './schema.ts'

const route = getRouteApi('/w/$space/inbox/$view')

type ListKeys = {
  at: string | undefined
  moveTo: (conversation: Conversation) => void
  onKeyDown: (event: KeyboardEvent) => void
}

/** j, k, o, Enter, e, a, r and n on the conversation at which the keyboard stands. */
export function useListKeys(
  rows: Conversation[],
  openId: string | undefined,
  reveal: (index: number) => void,
): ListKeys {
  const params = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const mayWrite = useMayWrite()
  const toggleResolved = useToggleResolved()
  const [at, setAt] = useState(openId)
  // Where the keyboard stood, for when its row has left the list: the one that took its place is next.
  const lastIndex = useRef(0)

  const index = rows.findIndex((row) => row.id === at)
  useEffect(() => {
    if (index >= 0) lastIndex.current = index
  }, [index])
  useEffect(() => {
    if (openId) setAt(openId)
  }, [openId])

  function move(by: number) {
    const from = index >= 0 ? index : lastIndex.current - (by > 0 && at ? 1 : 0)
    const to = at === undefined ? 0 : Math.max(0, Math.min(rows.length - 1, from + by))
    const row = rows[to]
    if (!row) return
    setAt(row.id)
    reveal(to)
  }
  function open(id: string) {
    setAt(id)
    navigate({ to: '/w/$space/inbox/$view/$conversationId', params: { ...params, conversationId: id }, search })
  }
  function openFor(what: Intent['what']) {
    const id = at ?? openId
    if (!id || !mayWrite) return
    if (id !== openId) open(id)
    intend({ conversationId: id, what })
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    o: () => at && open(at),
    e: () => {
      const row = rows[index]
      if (row && mayWrite) toggleResolved(row)
      // The open conversation may stand in another list than the one beside it.
      else if (openId && at === openId) openFor('resolve')
    },
    a: () => openFor('assign'),
    r: () => openFor('reply'),
    n: () => openFor('note'),
  }
  useHotkeys(keys)

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown') move(1)
    else if (event.key === 'ArrowUp') move(-1)
    else if (event.key === 'Enter' && at) open(at)
    else return
    event.preventDefault()
  }
  return { at, moveTo: (conversation) => open(conversation.id), onKeyDown }
}
