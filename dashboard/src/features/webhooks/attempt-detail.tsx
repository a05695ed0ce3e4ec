/** What one attempt sent and what came back, as text. */
import type { Attempt } from './attempt-timeline.tsx'
import { TextBlock } from './text-block.tsx'

export function AttemptDetail({ attempt: { url, request_headers, response, error } }: { attempt: Attempt }) {
  return (
    <div className="py-2 pl-8 flex flex-col gap-4 max-md:pl-0">
      {error && <p className="leading-[1.45] text-ink-2">{error.detail}</p>}
      {response && (
        <>
          {response.body === '' ? (
            <p className="text-ink-3">The answer had no body.</p>
          ) : (
            <TextBlock
              title="Response body"
              note={response.truncated ? 'cut after 64 KiB' : undefined}
              text={response.body}
            />
          )}
          <Headers title="Response headers" headers={response.headers} />
        </>
      )}
      <Headers title="Request headers" headers={request_headers} first={`POST ${url}`} />
    </div>
  )
}

type HeadersProps = { title: string; headers: Readonly<Record<string, string>>; first?: string }

function Headers({ title, headers, first }: HeadersProps) {
  const entries = Object.entries(headers)
  if (entries.length === 0 && !first) return null
  return (
    <details className="group">
      <summary className="w-fit cursor-pointer rounded-sm font-medium text-ink-2 hover:text-ink">
        {title}
        <span className="ml-2 font-normal text-ink-3 text-xs tabular-nums">{entries.length}</span>
      </summary>
      {first && <p className="mt-2 font-mono text-xs leading-5 wrap-anywhere">{first}</p>}
      <dl className="mt-2 grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 font-mono text-xs leading-5">
        {entries.map(([name, value]) => (
          <div key={name} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-ink-3 wrap-anywhere">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
