/** Light, dark, or as the system says. The choice is applied before first paint by `public/assets/theme-1.js`. */
import { useState } from 'react'
import { readStored, writeStored } from './stored.ts'

export type Theme = 'system' | 'light' | 'dark'

function current(): Theme {
  const stored = readStored('theme')
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(current)
  function choose(next: Theme) {
    writeStored('theme', next === 'system' ? null : next)
    if (next === 'system') delete document.documentElement.dataset['theme']
    if (next !== 'system') document.documentElement.dataset['theme'] = next
    setTheme(next)
  }
  return [theme, choose]
}
