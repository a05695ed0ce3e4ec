import { useEffect, useRef, useState } from 'react'
import { explain } from '../../api.ts'
import { useApi } from '../session/space.tsx'
import type { File as Stored } from './schema.ts'
import { sizeOf } from './size.ts'
import { upload } from './upload.ts'

export type Attaching = {
  key: number
  name: string
  size: number
  progress: number
  stored?: Stored
  error?: string
  retry: () => void
  remove: () => void
}

const maxBytes = 40 * 1024 * 1024

type Uploads = { items: Attaching[]; add: (files: Iterable<File>) => void; clear: () => void }

/** The files being attached to what one writes: each with its progress, its refusal, and the way out. */
export function useUploads(): Uploads {
  const { workspaceId } = useApi()
  const [items, setItems] = useState<Attaching[]>([])
  const cancels = useRef(new Map<number, () => void>())
  const nextKey = useRef(1)

  useEffect(() => {
    const running = cancels.current
    return () => {
      for (const cancel of running.values()) cancel()
    }
  }, [])

  const change = (key: number, to: Partial<Attaching>) =>
    setItems((all) => all.map((one) => (one.key === key ? { ...one, ...to } : one)))

  function send(key: number, file: File) {
    if (file.size > maxBytes) return change(key, { error: `Files up to ${sizeOf(maxBytes)} can be sent.` })
    const { done, cancel } = upload(workspaceId, file, (progress) => change(key, { progress }))
    cancels.current.set(key, cancel)
    done
      .then((stored) => change(key, { stored, progress: 1 }))
      .catch((error: unknown) => {
        if (!(error instanceof DOMException)) change(key, { error: explain(error) })
      })
      .finally(() => cancels.current.delete(key))
  }

  function add(files: Iterable<File>) {
    for (const file of files) {
      const key = nextKey.current++
      const retry = () => {
        setItems((all) => all.map((one) => (one.key === key ? fresh(key, file, one) : one)))
        send(key, file)
      }
      const remove = () => {
        cancels.current.get(key)?.()
        setItems((all) => all.filter((one) => one.key !== key))
      }
      setItems((all) => [...all, fresh(key, file, { retry, remove })])
      send(key, file)
    }
  }
  return { items, add, clear: () => setItems([]) }
}

function fresh(key: number, file: File, { retry, remove }: Pick<Attaching, 'retry' | 'remove'>): Attaching {
  return { key, name: file.name, size: file.size, progress: 0, retry, remove }
}
