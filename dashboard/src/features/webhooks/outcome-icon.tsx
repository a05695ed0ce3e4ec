import { CircleCheck, CircleDashed, CircleX, Clock } from 'lucide-react'
import type { Delivery } from './schema.ts'

type OutcomeIconProps = { delivery: Pick<Delivery, 'status' | 'attempts_count'> }

/** A sign beside the word that says the same. */
export function OutcomeIcon({ delivery: { status, attempts_count } }: OutcomeIconProps) {
  if (status === 'succeeded') return <CircleCheck size={16} className="text-green" aria-hidden />
  if (status === 'failed') return <CircleX size={16} className="text-red" aria-hidden />
  if (attempts_count === 0) return <CircleDashed size={16} className="text-ink-3" aria-hidden />
  return <Clock size={16} className="text-amber" aria-hidden />
}
