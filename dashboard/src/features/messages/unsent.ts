import { useSyncExternalStore } from 'react'
import { useSpace } from '../session/space.tsx'
import type { Unsent } from './outbox.ts'

export function useUnsent(): readonly Unsent[] {
  const { outbox } = useSpace()
  return useSyncExternalStore(outbox.subscribe, () => outbox.entries)
}
