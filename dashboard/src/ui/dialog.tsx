import { X } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { IconButton } from './button.tsx'
import { cx } from './class-names.ts'
import { Modal } from './modal.tsx'

type DialogProps = { title: string; onClose: () => void; wide?: boolean; children: ReactNode }

export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const heading = useId()
  return (
    <Modal
      onClose={onClose}
      labelledBy={heading}
      className={cx('m-auto max-h-[85dvh]', wide ? 'max-w-2xl' : 'max-w-md')}
    >
      <div className="flex items-center justify-between gap-4 py-3 pr-3 pl-5">
        <h2 id={heading} className="font-semibold text-lg">
          {title}
        </h2>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <div className="px-5 pb-5">{children}</div>
    </Modal>
  )
}
