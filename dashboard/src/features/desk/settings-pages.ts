/** The parts of the settings, as they stand at the side and in the palette. Each is a line here, and a route in router.tsx. */
import { Activity, Inbox, KeyRound, Tags, Webhook } from 'lucide-react'
import { useMayAdminister } from '../session/space.tsx'

const pages = [
  { to: '/w/$space/settings/inboxes', name: 'Inboxes', Icon: Inbox, isForAdmins: false },
  { to: '/w/$space/settings/tags', name: 'Tags', Icon: Tags, isForAdmins: false },
  { to: '/w/$space/settings/api-keys', name: 'API keys', Icon: KeyRound, isForAdmins: true },
  { to: '/w/$space/settings/webhooks', name: 'Webhooks', Icon: Webhook, isForAdmins: true },
  { to: '/w/$space/settings/usage', name: 'Usage', Icon: Activity, isForAdmins: true },
] as const

type SettingsPage = (typeof pages)[number]

/** Those that are of use to whoever looks. */
export function useSettingsPages(): SettingsPage[] {
  const mayAdminister = useMayAdminister()
  return pages.filter(({ isForAdmins }) => mayAdminister || !isForAdmins)
}
