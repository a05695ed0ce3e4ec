import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { complain } from '../../ui/toast.tsx'

type CopyLineProps = { text: string; label?: string; onCopied?: () => void }

/** A line to take away as it stands. */
export function CopyLine({ text, label, onCopied }: CopyLineProps) {
  const [isCopied, setCopied] = useState(false)

  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])

  async function copy() {
    try {
      // Only a secure page may write to the clipboard.
      await navigator.clipboard.writeText(text)
      setCopied(true)
      onCopied?.()
    } catch {
      complain('The browser did not allow copying. Select the line and copy it by hand.')
    }
  }

  return (
    <div className="flex items-start gap-2 rounded-md bg-sunken py-1.5 pr-1.5 pl-3 ring-1 ring-line ring-inset">
      <code className="min-w-0 flex-1 select-all py-1.5 font-mono text-xs leading-5 wrap-anywhere">{text}</code>
      <Button
        size="sm"
        className="mt-0.5"
        aria-label={label}
        icon={isCopied ? <Check size={14} className="text-green" aria-hidden /> : <Copy size={14} aria-hidden />}
        onClick={copy}
      >
        <span aria-live="polite">{isCopied ? 'Copied' : 'Copy'}</span>
      </Button>
    </div>
  )
}
