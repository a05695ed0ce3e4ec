/** One JSON line per request and per thing an operator must know. Never bodies, values, credentials or anyone's name. */
import pino, { type DestinationStream } from 'pino'

const HELD_BYTES = 4_096
const HELD_MS = 250

export type Log = Pick<pino.Logger, 'info' | 'warn' | 'error' | 'debug'>

export function openLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return destination ? pino(options, destination) : pino(options)
}

/**
 * Writes lines together, since one by one they cost a request more than its validation does. None is held for longer
 * than a quarter of a second; what is still held when the process ends in order is written then.
 */
export function gather(out: { write(text: string): unknown }): DestinationStream {
  let held = ''
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (held !== '') out.write(held)
    held = ''
  }
  process.once('exit', flush)
  return {
    write: (line) => {
      held += line
      if (held.length > HELD_BYTES) flush()
      else timer ??= setTimeout(flush, HELD_MS).unref()
    },
  }
}
