/** What is kept in the customer's page: localStorage, or memory where the browser refuses it (then for as long as the page lives). */
import type { Stored } from '../bridge.ts'

export interface Store {
  get(key: string): string | null
  set(key: string, value: string | null): void
  all(): Stored
}

/** `changed` hears what another tab wrote. */
export function openStore(prefix: string, changed: (key: string, value: string | null) => void): Store {
  const memory = new Map<string, string>()
  const disk = available()

  addEventListener('storage', ({ storageArea, key, newValue }) => {
    if (storageArea !== disk) return
    if (key === null) changed('session', null)
    else if (key.startsWith(prefix)) changed(key.slice(prefix.length), newValue)
  })

  return {
    get: (key) => memory.get(key) ?? disk?.getItem(prefix + key) ?? null,
    set(key, value) {
      memory.delete(key)
      if (value === null) return disk?.removeItem(prefix + key)
      try {
        if (disk) return disk.setItem(prefix + key, value)
      } catch {
        // The quota is used up: this value lives as long as the page.
      }
      memory.set(key, value)
    },
    all() {
      const all: Stored = {}
      for (const key in disk ?? {}) if (key.startsWith(prefix)) all[key.slice(prefix.length)] = disk?.getItem(key) ?? ''
      return { ...all, ...Object.fromEntries(memory) }
    },
  }
}

function available(): Storage | null {
  try {
    return localStorage
  } catch {
    return null
  }
}
