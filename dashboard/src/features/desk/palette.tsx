/** Everything by name: customers and their conversations, places, and what can be done. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FlaskConical, Inbox, Keyboard, Moon, Sun } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { List } from '../../cache.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { type Choice, Choices } from '../../ui/choices.tsx'
import { Modal } from '../../ui/modal.tsx'
import { useTheme } from '../../ui/theme.ts'
import { nameOf, statusNames } from '../conversations/names.ts'
import type { Conversation } from '../conversations/schema.ts'
import { views } from '../conversations/views.ts'
import { slugOf } from '../session/session.ts'
import { useApi, useSpace } from '../session/space.tsx'
import { useGoToSpace } from '../session/space-menu.tsx'
import { useSettingsPages } from './settings-pages.ts'

const pauseMs = 140
const most = 8

type PaletteProps = { onClose: () => void; onShortcuts: () => void }

export default function Palette({ onClose, onShortcuts }: PaletteProps) {
  const { slug } = useSpace()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const found = useFound(text)
  const commands = useCommands(onShortcuts)

  function onPick(id: string) {
    const command = commands.find((one) => one.id === id)
    const conversation = found.find((one) => one.id === id)
    if (command) command.run()
    if (conversation)
      navigate({
        to: '/w/$space/inbox/$view/$conversationId',
        params: { space: slug, view: 'all', conversationId: conversation.id },
        search: conversation.status === 'resolved' ? { status: 'resolved' } : {},
      })
  }

  return (
    <Modal
      label="Search and commands"
      onClose={onClose}
      className="mx-auto mt-[14dvh] mb-auto max-w-xl overflow-hidden max-md:mt-3"
    >
      <Choices
        label="Search customers, numbers and commands"
        choices={[...found.map(choiceOf), ...commands]}
        onText={setText}
        isTall
        onPick={onPick}
        close={onClose}
      />
    </Modal>
  )
}

function choiceOf(conversation: Conversation): Choice {
  const { contact, number, status, preview, subject } = conversation
  const name = nameOf(contact)
  const state = status === 'open' ? '' : `${statusNames[status]} · `
  return {
    id: conversation.id,
    label: name,
    detail: `#${number} · ${state}${subject ?? preview?.body ?? ''}`,
    icon: <Avatar name={name} size="sm" />,
    isFound: true,
  }
}

/** Conversations whose number, or whose customer's name, e-mail or phone begins with what was typed. */
function useFound(text: string): Conversation[] {
  const api = useApi()
  const [wanted, setWanted] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setWanted(text.trim()), pauseMs)
    return () => clearTimeout(timer)
  }, [text])

  const { data } = useQuery({
    queryKey: ['search', wanted],
    queryFn: ({ signal }) =>
      api.get<List<Conversation>>(
        `/v1/conversations?${new URLSearchParams({ q: wanted, limit: String(most) })}`,
        signal,
      ),
    enabled: wanted !== '',
    placeholderData: keepPreviousData,
    staleTime: 5000,
    gcTime: 30_000,
  })
  return wanted && text.trim() ? (data?.data ?? []) : []
}

type Command = Choice & { run: () => void }

function useCommands(onShortcuts: () => void): Command[] {
  const { slug, mode, workspace } = useSpace()
  const navigate = useNavigate()
  const goToSpace = useGoToSpace()
  const settings = useSettingsPages()
  const [, setTheme] = useTheme()
  const keys: Record<string, string> = { unassigned: 'g i', mine: 'g m', all: 'g a' }
  const isTest = mode === 'test'

  return [
    ...views.map((view) => ({
      id: view.slug,
      label: view.name,
      detail: 'Inbox',
      icon: <Inbox size={16} />,
      keys: keys[view.slug] ?? '',
      run: () => navigate({ to: '/w/$space/inbox/$view', params: { space: slug, view: view.slug } }),
    })),
    ...settings.map(({ to, name, Icon }) => ({
      id: to,
      label: name,
      detail: 'Settings',
      icon: <Icon size={16} />,
      keys: to.endsWith('/inboxes') ? 'g s' : '',
      run: () => navigate({ to, params: { space: slug } }),
    })),
    {
      id: 'mode',
      label: isTest ? 'Back to live' : 'Test mode',
      icon: <FlaskConical size={16} />,
      run: () => goToSpace(slugOf(workspace, isTest ? 'live' : 'test')),
    },
    { id: 'light', label: 'Light theme', icon: <Sun size={16} />, run: () => setTheme('light') },
    { id: 'dark', label: 'Dark theme', icon: <Moon size={16} />, run: () => setTheme('dark') },
    { id: 'keys', label: 'Keyboard', icon: <Keyboard size={16} />, keys: '?', run: onShortcuts },
  ]
}
