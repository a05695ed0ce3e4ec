/** Work over any number of rows, a thousand at a time: no statement that locks for long, and none that runs out of time. */

/** Rows one statement may touch. */
export const BATCH = 1_000

/** Runs a step until it touches fewer rows than a batch has. */
export async function inBatches(step: (atMost: number) => Promise<number>): Promise<void> {
  while ((await step(BATCH)) === BATCH);
}
