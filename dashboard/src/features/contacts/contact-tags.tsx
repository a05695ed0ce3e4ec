import { explain } from '../../api.ts'
import { complain } from '../../ui/toast.tsx'
import { TagsField } from '../tags/tags-field.tsx'
import { useSaveContact } from './save-contact.ts'
import type { Contact } from './schema.ts'

export function ContactTags({ contact }: { contact: Contact }) {
  const save = useSaveContact(contact.id)
  return (
    <TagsField
      label="Tags"
      of="the customer"
      tags={contact.tags}
      onChange={(tags) => save({ tags }).catch((error: unknown) => complain(explain(error)))}
    />
  )
}
