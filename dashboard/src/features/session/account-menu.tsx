import { Circle, CircleDot, LogOut, Monitor, Moon, Sun } from 'lucide-react'
import { explain } from '../../api.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Menu } from '../../ui/menu.tsx'
import { useTheme } from '../../ui/theme.ts'
import { complain } from '../../ui/toast.tsx'
import { useUsers } from '../users/queries.ts'
import { useApi, useSpace } from './space.tsx'

/** Oneself: presence, theme, and the way out. */
export function AccountMenu({ isWide }: { isWide: boolean }) {
  const { user } = useSpace()
  const api = useApi()
  const [theme, setTheme] = useTheme()
  const signOut = useSignOut()
  const presence = useUsers().data?.find((one) => one.id === user.id)?.presence ?? user.presence

  function be(next: 'online' | 'away') {
    api.patch(`/v1/users/${user.id}`, { presence: next }).catch((error: unknown) => complain(explain(error)))
  }

  return (
    <Menu
      side="right"
      align="end"
      trigger={
        <button
          type="button"
          className="flex items-center gap-2 rounded-md p-0.5 text-left text-sm transition-colors hover:bg-hover max-md:p-1.5"
        >
          <Avatar name={user.name} shape="square" sign={presence} />
          <span className={isWide ? 'min-w-0 flex-1 truncate max-md:sr-only' : 'sr-only'}>{user.name}</span>
          <span className="sr-only">, {presence}: account</span>
        </button>
      }
      items={[
        { kind: 'heading', label: user.email },
        { label: 'Online', icon: <CircleDot size={16} />, checked: presence === 'online', run: () => be('online') },
        { label: 'Away', icon: <Circle size={16} />, checked: presence === 'away', run: () => be('away') },
        { kind: 'heading', label: 'Theme' },
        {
          label: 'As the system',
          icon: <Monitor size={16} />,
          checked: theme === 'system',
          run: () => setTheme('system'),
        },
        { label: 'Light', icon: <Sun size={16} />, checked: theme === 'light', run: () => setTheme('light') },
        { label: 'Dark', icon: <Moon size={16} />, checked: theme === 'dark', run: () => setTheme('dark') },
        { kind: 'line' },
        { label: 'Sign out', icon: <LogOut size={16} />, run: signOut },
      ]}
    />
  )
}

function useSignOut(): () => void {
  const { api, live } = useSpace()
  return () => {
    api.post('/auth/sign-out', {}).then(
      () => {
        live.stop()
        // A full load: nothing of the last person stays in memory.
        location.assign('/sign-in')
      },
      (error: unknown) => complain(explain(error)),
    )
  }
}
