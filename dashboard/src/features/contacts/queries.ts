import { queryOptions } from '@tanstack/react-query'
import type { Api } from '../../api.ts'
import type { Contact } from './schema.ts'

export const contactQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: ['contact', id],
    queryFn: ({ signal }) => api.get<Contact>(`/v1/contacts/${id}`, signal),
  })
