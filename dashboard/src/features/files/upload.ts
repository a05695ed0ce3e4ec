/** Sends a file and tells how far it has come. XMLHttpRequest, because fetch does not say. */
import { type Problem, Refusal, Unreachable } from '../../api.ts'
import type { File as Stored } from './schema.ts'

export type Upload = { done: Promise<Stored>; cancel: () => void }

export function upload(workspaceId: string | undefined, file: File, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<Stored>((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onload = () => {
      const answer = read(request.responseText)
      if (request.status < 300 && answer) resolve(answer)
      else
        reject(
          new Refusal({
            code: 'unknown',
            title: `The server answered ${request.status}.`,
            ...answer,
            status: request.status,
          }),
        )
    }
    request.onerror = () => reject(new Unreachable('The server did not answer.'))
    request.ontimeout = request.onerror
    request.onabort = () => reject(new DOMException('Cancelled', 'AbortError'))
  })
  const form = new FormData()
  form.append('file', file, file.name)
  request.open('POST', '/v1/files')
  request.timeout = 10 * 60_000
  if (workspaceId) request.setRequestHeader('antiphon-workspace', workspaceId)
  request.send(form)
  return { done, cancel: () => request.abort() }
}

function read(text: string): (Stored & Problem) | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
