/** Files as they are shown: images as images, everything else as a name and a size; and those that are still to be sent. */
import { Icon } from './icons.tsx'
import { fileSize } from './say.ts'
import type { ChatFile } from './wire.ts'

/** What the server serves for looking at; the rest is for saving. */
const IMAGE = /^image\/(?:png|jpeg|gif|webp)$/
const WIDEST = 240
const TALLEST = 240

export function Attachment({ file }: { file: ChatFile }) {
  const { name, size, url, content_type } = file
  if (!url) return <span class="file">{name}</span>
  if (IMAGE.test(content_type)) {
    const { width, height } = fitted(file)
    return (
      <a class="picture" href={url} target="_blank" rel="noopener">
        <img src={url} alt={name} width={width} height={height} loading="lazy" />
      </a>
    )
  }
  return (
    <a class="file" href={url} target="_blank" rel="noopener" download={name}>
      <Icon name="file" size={16} />
      <span dir="auto">{name}</span>
      <small>{fileSize(size)}</small>
    </a>
  )
}

interface Outgoing {
  name: string
  size: number
  reason?: string | null
}

export function FileChip({
  file,
  progress,
  remove,
}: {
  file: Outgoing
  progress?: number | undefined
  remove?: () => void
}) {
  const { name, size, reason } = file
  const isMoving = !reason && progress !== undefined && progress < 1
  return (
    <li class={reason ? 'chip refused' : 'chip'}>
      <Icon name={reason ? 'alert' : 'file'} size={16} />
      <span class="words">
        <span dir="auto">{name}</span>
        <small role={reason ? 'alert' : undefined}>{reason ?? fileSize(size)}</small>
        {isMoving && <progress value={progress} max={1} aria-label={`Uploading ${name}`} />}
      </span>
      {remove && (
        <button type="button" class="quiet" aria-label={`Remove ${name}`} title="Remove" onClick={remove}>
          <Icon name="close" size={16} />
        </button>
      )}
    </li>
  )
}

/** The room an image will take is known before it has loaded, so that nothing moves when it has. */
function fitted({ width, height }: ChatFile): { width: number; height: number } {
  if (!width || !height) return { width: WIDEST, height: 160 }
  const share = Math.min(1, WIDEST / width, TALLEST / height)
  return { width: Math.round(width * share), height: Math.round(height * share) }
}
