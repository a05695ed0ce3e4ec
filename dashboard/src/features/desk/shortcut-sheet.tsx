import { Dialog } from '../../ui/dialog.tsx'
import { Kbd } from '../../ui/kbd.tsx'

const sheet: [string, [string, string][]][] = [
  [
    'List',
    [
      ['j', 'Next conversation'],
      ['k', 'Previous conversation'],
      ['o', 'Open; Enter does it too'],
      ['g i', 'Unassigned'],
      ['g m', 'Mine'],
      ['g a', 'All'],
    ],
  ],
  [
    'Conversation',
    [
      ['r', 'Reply'],
      ['n', 'Note'],
      ['a', 'Assign'],
      ['e', 'Resolve or reopen'],
      [']', 'Show or hide the customer'],
      ['mod+Enter', 'Send'],
      ['Escape', 'Leave the text, then the conversation'],
    ],
  ],
  [
    'Anywhere',
    [
      ['mod+k', 'Search and commands'],
      ['g s', 'Settings'],
      ['?', 'This sheet'],
    ],
  ],
]

export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose} wide>
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {sheet.map(([title, keys]) => (
          <section key={title}>
            <h3 className="mb-1 text-ink-3 text-xs">{title}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div
                  key={key}
                  className="flex min-h-8 items-center justify-between gap-4 border-line border-b last:border-0"
                >
                  <dd>{what}</dd>
                  <dt>
                    <Kbd keys={key} strong />
                    <span className="sr-only">{key}</span>
                  </dt>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
