import { CopyLine } from './copy-line.tsx'

/** The one line that puts the chat on a page. */
export function InstallSnippet({ inboxId }: { inboxId: string }) {
  return (
    <section aria-label="Install" className="rounded-lg bg-paper p-4 ring-1 ring-line ring-inset">
      <h2 className="font-medium">Put it on your site</h2>
      <p className="mt-0.5 mb-3 text-ink-3 text-xs">
        One line before the end of the body, on every page that should have the chat.
      </p>
      <CopyLine text={`<script src="${location.origin}/widget.js" data-inbox="${inboxId}" async></script>`} />
    </section>
  )
}
