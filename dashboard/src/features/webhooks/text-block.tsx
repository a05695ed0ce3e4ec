/** Text that came from elsewhere: shown as it stands, never taken for markup. */
import { Check, Copy } from 'lucide-react'
import { useId, useState } from 'react'
import { IconButton } from '../../ui/button.tsx'
import { complain } from '../../ui/toast.tsx'

type TextBlockProps = { title: string; note?: string | undefined; text: string; isJson?: boolean }

/** JSON of ours is indented for reading; what is copied is what went over the wire, which the signature is over. */
export function TextBlock({ title, note, text, isJson = false }: TextBlockProps) {
  const id = useId()
  const [isCopied, setCopied] = useState(false)
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
      setTimeout(() => setCopied(false), 2_000)
    } catch {
      complain('The browser did not allow copying. Select the text and copy it by hand.')
    }
  }
  return (
    <div>
      <div className="flex items-center gap-2">
        <h3 id={id} className="font-medium text-ink-2">
          {title}
        </h3>
        {note && <span className="text-amber text-xs">{note}</span>}
        <span aria-live="polite" className="ml-auto text-ink-3 text-xs">
          {isCopied && 'Copied'}
        </span>
        <IconButton label={`Copy: ${title}`} side="top" onClick={copy}>
          {isCopied ? <Check size={14} className="text-green" /> : <Copy size={14} />}
        </IconButton>
      </div>
      <section
        aria-labelledby={id}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
        tabIndex={0}
        className="scroll-quiet ring-inside mt-1 max-h-96 rounded-md bg-sunken ring-1 ring-line ring-inset"
      >
        <pre className="whitespace-pre-wrap px-3 py-2.5 font-mono text-xs leading-5 wrap-anywhere">
          {isJson ? indented(text) : text}
        </pre>
      </section>
    </div>
  )
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
