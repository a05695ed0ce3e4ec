import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { explain } from '../../api.ts'
import { Picker } from '../../ui/picker.tsx'
import { complain } from '../../ui/toast.tsx'
import { useMayWrite } from '../session/space.tsx'
import { useCreateTag } from './create-tag.ts'
import { useTags } from './queries.ts'
import { TagChip } from './tag-chip.tsx'

type TagsFieldProps = { label: string; of: string; tags: string[]; onChange: (tags: string[]) => void }

/** The tags something carries, and the way to add one or take one off. */
export function TagsField({ label, of, tags, onChange }: TagsFieldProps) {
  const known = useTags().data ?? []
  const mayWrite = useMayWrite()
  const createTag = useCreateTag()
  const [isOpen, setOpen] = useState(false)

  const toggle = (name: string) => onChange(tags.includes(name) ? tags.filter((tag) => tag !== name) : [...tags, name])
  function create(name: string) {
    createTag(name).then(
      (tag) => onChange([...tags, tag.name]),
      (error: unknown) => complain(explain(error)),
    )
  }

  return (
    <div className="flex min-h-8">
      <span className="w-16 shrink-0 pt-2 text-ink-3">{label}</span>
      <ul className="flex min-w-0 flex-1 flex-wrap items-center gap-1 py-1 pl-2">
        {tags.map((tag) => (
          <li key={tag} className="max-w-full">
            <TagChip name={tag}>
              {mayWrite && (
                <button
                  type="button"
                  aria-label={`Take ${tag} off ${of}`}
                  onClick={() => toggle(tag)}
                  className="-mr-1 inline-flex size-4 shrink-0 items-center justify-center rounded-sm text-ink-3 hover:bg-ink/10 hover:text-ink"
                >
                  <X size={12} />
                </button>
              )}
            </TagChip>
          </li>
        ))}
        {mayWrite && (
          <li>
            <Picker
              label="Add a tag"
              several
              align="end"
              open={isOpen}
              onOpenChange={setOpen}
              choices={known.map((tag) => ({ id: tag.name, label: tag.name, chosen: tags.includes(tag.name) }))}
              onPick={toggle}
              onCreate={create}
              trigger={
                <button
                  type="button"
                  aria-label={`Tag ${of}`}
                  data-tip="Add a tag"
                  className="inline-flex size-6 items-center justify-center rounded-md text-ink-3 first:-ml-1.5 transition-colors hover:bg-hover hover:text-ink pointer-coarse:size-9"
                >
                  <Plus size={14} />
                </button>
              }
            />
          </li>
        )}
      </ul>
    </div>
  )
}
