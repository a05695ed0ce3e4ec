/** How often one may guess. Attempts that succeed are given back, so that only failures count. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { rateLimited } from '../../kernel/errors.ts'

export interface Attempts {
  /** Counts an attempt, or refuses it with 429. Call what it returns when the attempt succeeded. */
  begin(address: string, subject: string | null): Promise<() => Promise<void>>
}

/** 5 in 20 s from an address, 20 in 5 min for a subject (an e-mail address, a person), whoever tries. */
export function openAttempts(): Attempts {
  const byAddress = new RateLimiterMemory({ points: 5, duration: 20 })
  const bySubject = new RateLimiterMemory({ points: 20, duration: 300 })
  return {
    begin: async (address, subject) => {
      await take(byAddress, address)
      if (subject !== null) await take(bySubject, subject)
      return async () => {
        await byAddress.reward(address)
        if (subject !== null) await bySubject.reward(subject)
      }
    },
  }
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (outcome) {
    if (!(outcome instanceof RateLimiterRes)) throw outcome
    const seconds = Math.max(1, Math.ceil(outcome.msBeforeNext / 1_000))
    throw rateLimited({
      detail: `Too many attempts to sign in. Try again in ${seconds} s.`,
      headers: { 'retry-after': String(seconds) },
    })
  }
}
