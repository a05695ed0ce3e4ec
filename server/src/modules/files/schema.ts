/** A file as it is stored and as it is answered. */
import { type Static, Type } from 'typebox'
import { Id, Nullable, Time } from '../../kernel/schema.ts'

export type Tables = {
  files: {
    workspace_id: string
    id: string
    number: number
    name: string
    content_type: string
    size: number
    width: number | null
    height: number | null
    digest: string
    uploader_type: string
    uploader_id: string | null
    attached_at: Date | null
    created_at: Date
    deleted_at: Date | null
  }
}
export type Row = Tables['files']

export const File = Type.Object(
  {
    id: Id,
    object: Type.Literal('file'),
    number: Type.Integer(),
    name: Type.String(),
    content_type: Type.String({ description: 'What the bytes are, whatever the sender said.' }),
    size: Type.Integer({ minimum: 0, description: 'Bytes.' }),
    width: Nullable(Type.Integer({ description: 'Pixels, of images.' })),
    height: Nullable(Type.Integer()),
    url: Nullable(Type.String({ description: 'A path that serves the bytes for an hour; null in events.' })),
    created_at: Time,
  },
  { title: 'File' },
)
export type File = Static<typeof File>
