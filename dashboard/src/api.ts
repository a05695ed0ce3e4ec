/** The way to `/v1`: one function, one refusal, one kind of silence. */
/** What a check on the shape of a value says, in words for a person. The others speak for themselves. */
const words: Record<string, string> = {
  format: 'This is not written as it must be.',
  pattern: 'This is not written as it must be.',
  minLength: 'This is too short.',
  maxLength: 'This is too long.',
  maxItems: 'These are too many.',
  identity_conflict: 'Another customer has this already.',
}

export type Problem = {
  status: number
  code: string
  title: string
  detail?: string
  request_id?: string
  errors?: { pointer: string; code: string; detail: string }[]
}

/** The server understood and said no. */
export class Refusal extends Error {
  readonly problem: Problem
  readonly retryAfterMs: number | undefined

  constructor(problem: Problem, retryAfterMs?: number) {
    super(problem.detail ?? problem.title)
    this.problem = problem
    this.retryAfterMs = retryAfterMs
  }

  /** What is wrong with one field, where the server named it. */
  field(name: string): string | undefined {
    const error = this.problem.errors?.find(({ pointer }) => pointer === `/${name}` || pointer.endsWith(`/${name}`))
    return error && (words[error.code] ?? error.detail)
  }
}

/** Nothing came back: no network, or no server. */
export class Unreachable extends Error {}

export type Api = {
  workspaceId: string | undefined
  get: <T>(path: string, signal?: AbortSignal) => Promise<T>
  post: <T>(path: string, body?: unknown) => Promise<T>
  patch: <T>(path: string, body: unknown) => Promise<T>
  delete: (path: string) => Promise<void>
}

/** An API that speaks for one workspace (a sandbox twin's id is test mode), or for nobody in particular. */
export function createApi(workspaceId?: string): Api {
  return {
    workspaceId,
    get: (path, signal) => call('GET', path, workspaceId, undefined, signal),
    post: (path, body) => call('POST', path, workspaceId, body),
    patch: (path, body) => call('PATCH', path, workspaceId, body),
    delete: (path) => call('DELETE', path, workspaceId),
  }
}

const requestMs = 30_000

async function call<T>(
  method: string,
  path: string,
  workspaceId?: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const headers = new Headers({ accept: 'application/json' })
  if (workspaceId) headers.set('antiphon-workspace', workspaceId)
  if (body !== undefined) headers.set('content-type', 'application/json')
  const timeout = AbortSignal.timeout(requestMs)

  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new Unreachable('The server did not answer.')
  })
  if (!response.ok) throw await refusalOf(response)
  // No content answers nothing, and its callers ask for nothing.
  return response.json().catch(() => undefined)
}

async function refusalOf(response: Response): Promise<Refusal | Unreachable> {
  // A gateway that answers for a server which is not there speaks no problem+json.
  const problem: Partial<Problem & { message: string }> = await response.json().catch(() => ({}))
  if (response.status >= 502 && response.status <= 504 && !problem.code)
    return new Unreachable('The server did not answer.')
  const wait = Number(response.headers.get('retry-after'))
  return new Refusal(
    {
      ...problem,
      status: response.status,
      code: problem.code ?? 'unknown',
      title: problem.title ?? problem.message ?? `The server answered ${response.status}.`,
    },
    wait > 0 ? wait * 1000 : undefined,
  )
}

/** What to tell a person about an error. */
export function explain(error: unknown): string {
  if (error instanceof Unreachable) return 'The server cannot be reached. Nothing was lost; check the connection.'
  if (error instanceof Refusal && error.problem.status === 429)
    return 'Too many requests at once. Try again in a moment.'
  if (error instanceof Refusal && error.problem.status < 500) return firstOf(error) ?? error.message
  return 'Something failed on the server. Nothing was changed.'
}

function firstOf({ problem }: Refusal): string | undefined {
  const first = problem.errors?.[0]
  return first && (words[first.code] ?? first.detail)
}

export const requestIdOf = (error: unknown) => (error instanceof Refusal ? error.problem.request_id : undefined)

export const isStatus = (error: unknown, status: number) => error instanceof Refusal && error.problem.status === status
