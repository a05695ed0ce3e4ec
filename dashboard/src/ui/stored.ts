/** State that outlives the page, in localStorage where that is open to us. */
import { useCallback, useState } from 'react'

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(`antiphon.${key}`)
  } catch {
    return null
  }
}

export function writeStored(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`antiphon.${key}`)
    else localStorage.setItem(`antiphon.${key}`, value)
  } catch {
    // A full or closed storage costs the memory of this value, nothing else.
  }
}

export function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(`antiphon.${prefix}`))
      .map((key) => key.slice('antiphon.'.length))
  } catch {
    return []
  }
}

export function useStoredFlag(key: string, initial: boolean): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => (readStored(key) ?? String(initial)) === 'true')
  const set = useCallback(
    (next: boolean) => {
      writeStored(key, String(next))
      setOn(next)
    },
    [key],
  )
  return [on, set]
}

export function useStoredNumber(key: string, initial: number): [number, (value: number) => void] {
  const [value, setValue] = useState(() => Number(readStored(key) ?? initial) || initial)
  const set = useCallback(
    (next: number) => {
      writeStored(key, String(next))
      setValue(next)
    },
    [key],
  )
  return [value, set]
}
