import { useEffect } from 'react'

/** The name of the tab, most telling part first. */
export function useTitle(...parts: (string | false | undefined)[]): void {
  const title = [...parts, 'Antiphon'].filter(Boolean).join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
}
