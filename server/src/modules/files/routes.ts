import { Type } from 'typebox'
import { Bytes, created, IdParams, ok, Query, route } from '../../kernel/http.ts'
import { Id } from '../../kernel/schema.ts'
import { fileLinkInvalid, link } from './links.ts'
import { File } from './schema.ts'
import * as files from './service.ts'
import { rangeUnsatisfiable, serve } from './serving.ts'

export const routes = [
  route({
    method: 'POST',
    path: '/v1/files',
    summary: 'Upload a file',
    description:
      'Multipart with one part, `file`. Its type is what its bytes say, and a name or header that says otherwise is refused. Pictures lose the place where they were taken. A file that is not attached to anything within 24 hours is deleted.',
    scope: 'files:write',
    upload: 'file',
    replies: { 201: File },
    refusals: [files.fileTypeMismatch],
    run: async (ctx, { upload }) => {
      const row = await files.create(ctx, upload)
      return created(files.present(ctx, row, { signed: true }))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/files/{id}',
    summary: 'Retrieve a file',
    scope: 'files:read',
    params: IdParams,
    replies: { 200: File },
    run: async (ctx, { params }) => ok(files.present(ctx, await files.get(ctx, params.id), { signed: true })),
  }),
  route({
    method: 'GET',
    path: '/files/{workspace_id}/{id}',
    summary: 'Download a file',
    description:
      'Good for an hour. Ranges are answered. Only pictures, sound and video that cannot do harm are shown by browsers; everything else is saved.',
    scope: null,
    access: link,
    params: Type.Object({ workspace_id: Id, id: Id }),
    query: Query({ until: Type.Integer(), signature: Type.String() }),
    replies: { 200: Bytes, 206: Bytes },
    refusals: [fileLinkInvalid, rangeUnsatisfiable],
    run: async (ctx, { params, query, incoming }) =>
      serve(ctx, await files.get(ctx, params.id), { incoming, until: query.until }),
  }),
]
