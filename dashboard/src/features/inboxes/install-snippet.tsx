import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { complain } from '../../ui/toast.tsx'

/** The one line that puts the chat on a page. */
export function InstallSnippet({ inboxId }: { inboxId: string }) {
  const [isCopied, setCopied] = useState(false)
  const snippet = `<script src="${location.origin}/widget.js" data-inbox="${inboxId}" async></script>`

  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])

  function copy() {
    navigator.clipboard?.writeText(snippet).then(
      () => setCopied(true),
      () => complain('The browser did not allow copying. Select the line and copy it by hand.'),
    )
  }

  return (
    <section aria-label="Install" className="rounded-lg bg-paper p-4 ring-1 ring-line ring-inset">
      <div className="flex items-center justify-between gap-4">
        <div>
          <h2 className="font-medium">Put it on your site</h2>
          <p className="mt-0.5 text-ink-3 text-xs">
            One line before the end of the body, on every page that should have the chat.
          </p>
        </div>
        <Button
          icon={isCopied ? <Check size={16} className="text-green" aria-hidden /> : <Copy size={16} aria-hidden />}
          onClick={copy}
        >
          <span aria-live="polite">{isCopied ? 'Copied' : 'Copy'}</span>
        </Button>
      </div>
      <pre className="mt-3 select-all overflow-x-auto whitespace-pre-wrap rounded-md bg-raised px-3 py-2.5 font-mono text-xs leading-5 wrap-anywhere ring-1 ring-line ring-inset">
        {snippet}
      </pre>
    </section>
  )
}
