import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ChevronDown, CircleCheck, CircleDashed } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Menu } from '../../ui/menu.tsx'

const route = getRouteApi('/w/$space/inbox/$view')

export function StatusMenu() {
  const params = route.useParams()
  const { status } = route.useSearch()
  const navigate = useNavigate()
  const show = (next?: 'resolved') =>
    navigate({ to: '/w/$space/inbox/$view', params, search: next ? { status: next } : {} })

  return (
    <Menu
      align="end"
      trigger={
        <Button look="quiet" size="sm" className="-mr-2" aria-label={`Showing ${status ?? 'open'} conversations`}>
          {status ? 'Resolved' : 'Open'}
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
      items={[
        { label: 'Open', icon: <CircleDashed size={16} />, checked: !status, run: () => show() },
        {
          label: 'Resolved',
          icon: <CircleCheck size={16} />,
          checked: status === 'resolved',
          run: () => show('resolved'),
        },
      ]}
    />
  )
}
