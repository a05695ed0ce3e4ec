/**
 * `npm test`: every check in order, each named with its time; one that fails holds back none of the others.
 * `npm test -- types e2e` runs only the checks so named. The last line counts test cases, and checks without cases that failed.
 */
import { provideBrowser } from './browser.ts'
import { type Outcome, runTests, runTool } from './check.ts'

interface Check {
  readonly name: string
  readonly run: () => Outcome
}

// Biome colours what it prints wherever it prints.
const colors = process.stdout.isTTY ? [] : ['--colors=off']

const checks: readonly Check[] = [
  { name: 'types', run: () => runTool(['tsc', '-p', '.'], ['tsc', '-p', 'dashboard'], ['tsc', '-p', 'widget']) },
  { name: 'lint', run: () => runTool(['biome', 'ci', '--error-on-warnings', ...colors]) },
  { name: 'unused', run: () => runTool(['knip', '--no-progress']) },
  { name: 'papers', run: () => runTests(['papers']) },
  { name: 'server', run: () => runTests(['server', 'pages']) },
  { name: 'boot', run: () => runTests(['boot']) },
  { name: 'e2e', run: () => runTests(['e2e'], { CHROMIUM: provideBrowser() }) },
]

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name))
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}; there are ${checks.map((check) => check.name).join(', ')}.`)
  process.exit(2)
}

const began = performance.now()
const outcomes = checks.filter((check) => wanted.length === 0 || wanted.includes(check.name)).map(report)
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)

console.log(`\nEverything took ${seconds(began)}.`)
for (const { name } of outcomes.filter((outcome) => outcome.failed > 0)) console.log(`FAILED: ${name}`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)

function report({ name, run }: Check): Outcome & { name: string } {
  console.log(`\n== ${name}`)
  const start = performance.now()
  const outcome = attempt(run)
  console.log(`== ${name}: ${outcome.failed > 0 ? 'FAILED' : 'ok'} (${seconds(start)})`)
  return { name, ...outcome }
}

function attempt(run: () => Outcome): Outcome {
  try {
    return run()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return { passed: 0, failed: 1 }
  }
}

function seconds(start: number): string {
  return `${((performance.now() - start) / 1_000).toFixed(1)} s`
}
