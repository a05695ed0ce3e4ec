/** The licences under which we take what others wrote. Anything else is a decision, made here. */
export const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MPL-2.0', // used unchanged, as files of their own
  'OFL-1.1', // the typeface
  'Python-2.0',
  'Unlicense',
])

/** Whether a licence expression leaves a choice that is allowed: one part of an `OR`, every part of an `AND`. */
export function isAllowed(expression: string): boolean {
  const plain = expression.trim()
  const inner = /^\(([^()]*)\)$/.exec(plain)?.[1] ?? plain
  if (inner.includes('(')) return false
  if (inner.includes(' OR ')) return inner.split(' OR ').some(isAllowed)
  if (inner.includes(' AND ')) return inner.split(' AND ').every(isAllowed)
  return ALLOWED.has(inner)
}
