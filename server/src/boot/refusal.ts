/** Why a start or a command stops: a code for machines and a line that says what to do. */
export class BootRefusal extends Error {
  override readonly name = 'BootRefusal'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The `code` of a system or database error, or an empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
