import { useQuery } from '@tanstack/react-query'
import { Download, FileText } from 'lucide-react'
import type { MouseEvent } from 'react'
import { useApi } from '../session/space.tsx'
import type { File } from './schema.ts'
import { sizeOf } from './size.ts'

const pictures = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']

/** Pictures are shown, everything else is a row to download. */
export function AttachmentList({ files }: { files: File[] }) {
  if (files.length === 0) return null
  return (
    <ul className="flex max-w-full flex-col gap-1.5">
      {files.map((file) => (
        <li key={file.id} className="max-w-full">
          <Attachment file={file} />
        </li>
      ))}
    </ul>
  )
}

/** Addresses are signed for an hour; one that travelled with an event has none yet. */
function Attachment({ file }: { file: File }) {
  const api = useApi()
  const { data, refetch } = useQuery({
    queryKey: ['file', file.id],
    queryFn: ({ signal }) => api.get<File>(`/v1/files/${file.id}`, signal),
    enabled: file.url === null,
    staleTime: 50 * 60_000,
  })
  const url = data?.url ?? file.url

  /** A desk stays open longer than an address holds: one that has run out is fetched anew before it is followed. */
  async function onClick(event: MouseEvent) {
    if (url && !hasRunOut(url)) return
    event.preventDefault()
    const fresh = await refetch()
    if (fresh.data?.url) window.open(fresh.data.url, '_blank', 'noopener')
  }

  if (!pictures.includes(file.content_type))
    return (
      <a
        href={url ?? undefined}
        onClick={onClick}
        download={file.name}
        className="flex h-12 w-80 max-w-full items-center gap-3 rounded-md bg-paper px-3 ring-1 ring-line ring-inset transition-colors hover:bg-hover"
      >
        <FileText size={20} className="shrink-0 text-ink-3" aria-hidden />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium" title={file.name}>
            {file.name}
          </span>
          <span className="tabular text-ink-3 text-xs">{sizeOf(file.size)}</span>
        </span>
        <Download size={16} className="shrink-0 text-ink-3" aria-label="Download" />
      </a>
    )
  const { width, height } = frameOf(file)
  return (
    <a
      href={url ?? undefined}
      onClick={onClick}
      target="_blank"
      rel="noopener"
      data-tip={`${file.name}\n${sizeOf(file.size)}`}
      style={{ width, aspectRatio: `${width} / ${height}` }}
      className="block max-w-full overflow-hidden rounded-md bg-paper ring-1 ring-line"
    >
      {url && (
        <img
          src={url}
          alt={file.name}
          width={width}
          height={height}
          loading="lazy"
          className="size-full object-cover"
          onError={() => refetch()}
        />
      )}
    </a>
  )
}

/** The room a picture takes, known before it is loaded, so that nothing shifts when it is. */
function frameOf({ width, height }: File): { width: number; height: number } {
  if (!width || !height) return { width: 240, height: 180 }
  const scale = Math.min(1, 360 / width, 320 / height)
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) }
}

function hasRunOut(url: string): boolean {
  const until = Number(new URL(url, location.href).searchParams.get('until'))
  return until > 0 && until * 1000 < Date.now()
}
