import { Pencil, Tags, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { explain, isStatus, Refusal, requestIdOf } from '../../api.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Input } from '../../ui/input.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState, ForbiddenState } from '../../ui/states.tsx'
import { complain } from '../../ui/toast.tsx'
import { SettingsHeading } from '../desk/settings-heading.tsx'
import { useApi, useMayAdminister } from '../session/space.tsx'
import { useCreateTag } from './create-tag.ts'
import { useTags } from './queries.ts'
import type { Tag } from './schema.ts'
import { TagChip } from './tag-chip.tsx'

export function TagsPage() {
  const { data, error, isPending, refetch } = useTags()
  const mayAdminister = useMayAdminister()
  const [renamed, setRenamed] = useState<Tag>()
  const [removed, setRemoved] = useState<Tag>()

  return (
    <>
      <SettingsHeading title="Tags">Words for what conversations and customers have in common.</SettingsHeading>
      {mayAdminister && <NewTag />}
      {isPending && <Skeleton className="mt-6 h-8 w-full animate-late" />}
      {isStatus(error, 403) && (
        <ForbiddenState title="You may not see the tags">Ask an admin of this workspace.</ForbiddenState>
      )}
      {error && !isStatus(error, 403) && (
        <ErrorState title="The tags did not load" retry={refetch} reference={requestIdOf(error)}>
          {explain(error)}
        </ErrorState>
      )}
      {data?.length === 0 && (
        <EmptyState icon={<Tags size={20} />} title="No tags yet">
          Write the first one above, or add it to a conversation.
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <ul className="mt-6 divide-y divide-line border-line border-y">
          {data.map((tag) => (
            <li key={tag.id} className="group flex h-11 items-center gap-1 px-2">
              <span className="min-w-0 flex-1">
                <span className="inline-flex max-w-full">
                  <TagChip name={tag.name} />
                </span>
              </span>
              {mayAdminister && (
                <>
                  <IconButton label={`Rename ${tag.name}`} side="top" onClick={() => setRenamed(tag)}>
                    <Pencil size={16} />
                  </IconButton>
                  <IconButton label={`Delete ${tag.name}`} side="top" onClick={() => setRemoved(tag)}>
                    <Trash2 size={16} />
                  </IconButton>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {renamed && <RenameDialog tag={renamed} onClose={() => setRenamed(undefined)} />}
      {removed && <RemoveDialog tag={removed} onClose={() => setRemoved(undefined)} />}
    </>
  )
}

function NewTag() {
  const createTag = useCreateTag()
  const [name, setName] = useState('')
  const [error, setError] = useState<string>()

  async function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (!name.trim()) return
    try {
      await createTag(name.trim())
      setName('')
      setError(undefined)
    } catch (reason) {
      setError(explain(reason))
    }
  }

  return (
    <form onSubmit={onSubmit}>
      <Field label="New tag" error={error}>
        {(control) => (
          <div className="flex gap-2">
            <Input
              {...control}
              value={name}
              maxLength={64}
              placeholder="billing"
              onChange={(event) => setName(event.target.value)}
            />
            <Button type="submit" disabled={!name.trim()}>
              Add
            </Button>
          </div>
        )}
      </Field>
    </form>
  )
}

function RenameDialog({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const api = useApi()
  const [name, setName] = useState(tag.name)
  const [error, setError] = useState<string>()

  function onSubmit(event: FormEvent) {
    event.preventDefault()
    api
      .patch(`/v1/tags/${tag.id}`, { name: name.trim() })
      .then(onClose, (reason: unknown) =>
        setError(reason instanceof Refusal ? (reason.field('name') ?? explain(reason)) : explain(reason)),
      )
  }

  return (
    <Dialog title="Rename the tag" onClose={onClose}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field label="Name" hint="It changes on everything that carries it." error={error}>
          {(control) => (
            <Input
              {...control}
              value={name}
              maxLength={64}
              required
              autoFocus
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!name.trim() || name.trim() === tag.name}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function RemoveDialog({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const api = useApi()
  function remove() {
    onClose()
    api.delete(`/v1/tags/${tag.id}`).catch((reason: unknown) => complain(explain(reason)))
  }
  return (
    <Dialog title={`Delete “${tag.name}”`} onClose={onClose}>
      <p className="leading-[1.45]">
        It is taken off every conversation and customer that carries it. They stay as they are otherwise.
      </p>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" onClick={remove}>
          Delete tag
        </Button>
      </div>
    </Dialog>
  )
}
