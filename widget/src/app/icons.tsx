/** The few Lucide icons of the app, 1.5 stroke. They are always beside words, seen or spoken, so they are hidden from screen readers. */

const PATHS = {
  close: 'M18 6 6 18M6 6l12 12',
  minimize: 'm6 9 6 6 6-6',
  send: 'm5 12 7-7 7 7M12 19V5',
  attach:
    'm16 6-8.414 8.586a2 2 0 0 0 2.829 2.829l8.414-8.586a4 4 0 1 0-5.657-5.657l-8.379 8.551a6 6 0 1 0 8.485 8.485l8.379-8.551',
  file: 'M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8l6 6v12a2 2 0 0 1-2 2ZM14 2v6h6',
  alert: 'M12 8v5M12 16.5v.01M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20Z',
  clock: 'M12 6v6l3 2M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20Z',
  sent: 'M20 6 9 17l-5-5',
  read: 'M18 6 7 17l-5-5M22 10l-7.5 7.5L13 16',
  down: 'M12 5v14M19 12l-7 7-7-7',
}

export function Icon({ name, size = 20 }: { name: keyof typeof PATHS; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
