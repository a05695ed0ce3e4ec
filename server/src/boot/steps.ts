/** What an operator sees while it starts: one line per step, with its time. */

export type Say = (line: string) => void

export interface Steps {
  /** Runs `work`; afterwards says the step's name, what `note` was told last, and how long it took. */
  step<T>(name: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>
  readonly say: Say
}

const NAME_WIDTH = 10

export function reportSteps(say: Say): Steps {
  return {
    say,
    step: async (name, work) => {
      const began = performance.now()
      let noted = ''
      const result = await work((text) => {
        noted = text
      })
      say(`  ${name.padEnd(NAME_WIDTH)} ${noted ? `${noted} ` : ''}(${span(performance.now() - began)})`)
      return result
    },
  }
}

export const silent: Steps = { say: () => {}, step: (_name, work) => work(() => {}) }

/** Milliseconds as people say them. */
export function span(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`
}
