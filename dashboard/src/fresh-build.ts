import { readStored, writeStored } from './ui/stored.ts'

const onceMs = 60_000

/**
 * A desk left open over an update asks for parts of the old build, which may be gone. Loading the page again brings the
 * new one; what was written is kept in drafts. Once a minute at most, should the part be missing for another reason.
 */
export function reloadOnFreshBuild(): void {
  addEventListener('vite:preloadError', (event) => {
    if (Date.now() - Number(readStored('reloaded')) < onceMs) return
    event.preventDefault()
    writeStored('reloaded', String(Date.now()))
    location.reload()
  })
}
