import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'

/** Leads to the door once, and remembers where one wanted to go. */
export function SignInFirst() {
  const navigate = useNavigate()
  useEffect(() => {
    const wanted = location.pathname + location.search
    navigate({ to: '/sign-in', search: wanted === '/' ? {} : { to: wanted }, replace: true })
  }, [navigate])
  return null
}
