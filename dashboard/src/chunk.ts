import { readStored, writeStored } from './ui/stored.ts'

const onceMs = 60_000
const pauseMs = 2_000

/**
 * Loads a part of the dashboard that is not there from the start. Without a network it waits for one. When the server
 * answers and the part is not to be had, the desk was left open over an update: the page is loaded again, which brings
 * the new build; what was written is kept in drafts. Once a minute at most, should the part be missing for another reason.
 */
export async function chunk<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch {
    while (!(await isReachable())) await new Promise((done) => setTimeout(done, pauseMs))
  }
  try {
    return await load()
  } catch (error) {
    if (Date.now() - Number(readStored('reloaded')) < onceMs) throw error
    writeStored('reloaded', String(Date.now()))
    location.reload()
    return new Promise(() => {})
  }
}

async function isReachable(): Promise<boolean> {
  try {
    return (await fetch('/health', { cache: 'no-store' })).ok
  } catch {
    return false
  }
}
