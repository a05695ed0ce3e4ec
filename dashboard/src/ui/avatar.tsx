import { cx } from './class-names.ts'

const sizes = { sm: 'size-5 text-[10px]', md: 'size-8 text-xs', lg: 'size-12 text-lg' }
const tones = ['bg-ink/7', 'bg-ink/10', 'bg-ink/13', 'bg-ink/16']

type AvatarProps = {
  name: string
  url?: string | null
  shape?: 'round' | 'square'
  size?: keyof typeof sizes
  sign?: 'online' | 'away' | 'offline'
}

export function Avatar({ name, url, shape = 'round', size = 'md', sign }: AvatarProps) {
  const corners = cornersOf(shape, size)
  return (
    <span className="relative inline-flex shrink-0" aria-hidden>
      {url ? (
        <img src={url} alt="" className={cx('object-cover', sizes[size], corners)} />
      ) : (
        <span
          className={cx(
            'inline-flex select-none items-center justify-center font-medium text-ink-2',
            sizes[size],
            corners,
            tones[weigh(name) % tones.length],
          )}
        >
          {initials(name, size === 'sm' ? 1 : 2)}
        </span>
      )}
      {sign && sign !== 'offline' && (
        <span
          className={cx(
            'absolute -right-0.5 -bottom-0.5 size-2.5 rounded-full border-2 border-paper',
            sign === 'online' ? 'bg-green' : 'bg-amber',
          )}
        />
      )}
    </span>
  )
}

function cornersOf(shape: 'round' | 'square', size: keyof typeof sizes): string {
  if (shape === 'round') return 'rounded-full'
  return size === 'sm' ? 'rounded-sm' : 'rounded-md'
}

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

function initials(name: string, count: number): string {
  const words = name.split(/[\s@.]+/).filter((word) => /\p{L}|\p{N}/u.test(word))
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words
  const first = chosen.map((word) => [...letters.segment(word ?? '')].find((part) => /\p{L}|\p{N}/u.test(part.segment)))
  return (
    first
      .slice(0, count)
      .map((part) => part?.segment.toLocaleUpperCase() ?? '')
      .join('') || '?'
  )
}

function weigh(text: string): number {
  let sum = 0
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973
  return sum
}
