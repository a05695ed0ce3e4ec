import { CloudOff } from 'lucide-react'
import { useUnsent } from '../messages/unsent.ts'
import { useLiveState } from '../session/space.tsx'

/** Says that the network is away, and counts what waits for it. */
export function OfflineBar() {
  const state = useLiveState()
  const waiting = useUnsent().filter((entry) => entry.state !== 'failed').length
  return (
    <div role="status">
      {state === 'offline' && (
        <div className="flex min-h-8 items-center justify-center gap-2 bg-amber-paper px-3 py-1.5 text-amber text-sm">
          <CloudOff size={16} className="shrink-0" aria-hidden />
          <span>
            <strong className="font-semibold">You are offline.</strong> {words(waiting)}
          </span>
        </div>
      )}
    </div>
  )
}

function words(waiting: number): string {
  if (waiting === 0) return 'What you see may be out of date. What you write is kept and sent when you are back.'
  if (waiting === 1) return '1 message waits and is sent when you are back.'
  return `${waiting} messages wait and are sent when you are back.`
}
