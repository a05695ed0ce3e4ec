/** Files that wait to be uploaded: in memory, and in the frame's IndexedDB where there is one, so that they survive a reload. */

const NAME = 'antiphon-files'

const memory = new Map<string, File>()

export async function keep(key: string, file: File): Promise<void> {
  memory.set(key, file)
  await inStore('readwrite', (files) => files.put(file, key))
}

export async function find(key: string): Promise<File | null> {
  const kept = memory.get(key) ?? (await inStore('readonly', (files) => files.get(key)))
  return kept instanceof File ? kept : null
}

export async function drop(key: string): Promise<void> {
  memory.delete(key)
  await inStore('readwrite', (files) => files.delete(key))
}

/** Null where the browser has no database for us; memory has to do then. */
function inStore(mode: IDBTransactionMode, ask: (files: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve) => {
    const none = () => resolve(null)
    try {
      const opening = indexedDB.open(NAME, 1)
      opening.onupgradeneeded = () => opening.result.createObjectStore(NAME)
      opening.onerror = opening.onblocked = none
      opening.onsuccess = () => {
        const database = opening.result
        const request = ask(database.transaction(NAME, mode).objectStore(NAME))
        request.onerror = none
        request.onsuccess = () => resolve(request.result)
        database.close()
      }
    } catch {
      none()
    }
  })
}
