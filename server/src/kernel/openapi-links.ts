/** Where one can go from what was made: to read, change and delete it, and to what lies beneath it. */
import type { Route } from './http.ts'

interface Link {
  readonly operationId: string
  readonly parameters: Readonly<Record<string, string>>
}

/** By name, for a route that makes something with an id; nothing for any other. */
export function linksFrom(
  route: Route,
  routes: readonly Route[],
  nameOf: (route: Route) => string,
): Record<string, Link> | null {
  const made = route.replies[201]
  if (route.method !== 'POST' || !made || !('properties' in made) || !hasId(made.properties)) return null
  const own = /\{(\w+)\}/g
  const given = Object.fromEntries([...route.path.matchAll(own)].map(([, name]) => [name, `$request.path.${name}`]))
  const noun = route.path.split('/').at(-1)
  const links = routes.flatMap((other): [string, Link][] => {
    const beneath = [`${route.path}/{`, `/v1/${noun}/{`].find((start) => other.path.startsWith(start))
    if (beneath === undefined || accessOf(other) !== accessOf(route)) return []
    const [id = '', ...rest] = other.path.slice(beneath.length).split('}')
    if (rest.join('}').includes('{')) return []
    const outer = beneath === `${route.path}/{` ? given : {}
    const name = nameOf(other)
    return [[name, { operationId: name, parameters: { ...outer, [id]: '$response.body#/id' } }]]
  })
  return links.length === 0 ? null : Object.fromEntries(links)
}

function accessOf(route: Route): string {
  return route.access?.scheme ?? 'credential'
}

function hasId(properties: unknown): boolean {
  return typeof properties === 'object' && properties !== null && 'id' in properties
}
