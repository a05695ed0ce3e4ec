/** Tenancy, watched: a statement names its workspace, or is one of the few that rightly do not. */

const KERNEL = [
  'outbox.lock',
  'outbox.read',
  'outbox.head',
  'partitions.make',
  'partitions.drop',
  'partitions.list',
  'health.schema',
  'metrics.log',
  'metrics.jobs',
]
const CONTROL = /^\s*(begin|commit|rollback|savepoint|release|start transaction|set )/i

/** @param names what `global(name)` may say, besides the kernel's own statements. */
export function forbidUnscoped(names: readonly string[]): (text: string) => void {
  const allowed = new Set([...KERNEL, ...names])
  const passed = new Set<string>()
  return (text) => {
    if (passed.has(text)) return
    if (!CONTROL.test(text) && !/\bworkspace_id\b/.test(text) && !isAllowed(text, allowed)) {
      throw new Error(`A statement names no workspace and is not declared global: ${text}`)
    }
    passed.add(text)
  }
}

function isAllowed(text: string, allowed: ReadonlySet<string>): boolean {
  const name = /\/\* global: ([\w.-]+) \*\//.exec(text)?.[1]
  return name !== undefined && allowed.has(name)
}
