import { Skeleton } from '../../ui/skeleton.tsx'

export function ThreadSkeleton() {
  return (
    <main data-covers className="flex min-w-0 flex-1 flex-col" aria-busy aria-label="Conversation">
      <div className="flex h-14 animate-late items-center gap-3 border-line border-b px-5">
        <Skeleton className="size-8 rounded-full" />
        <Skeleton className="h-3.5 w-40" />
      </div>
      <MessageSkeletons />
    </main>
  )
}

export function MessageSkeletons() {
  return (
    <div
      className="mx-auto flex w-full max-w-[880px] flex-1 animate-late flex-col justify-end gap-8 px-6 py-6"
      aria-hidden
    >
      <div className="flex w-3/5 flex-col gap-2">
        <Skeleton className="h-3 w-28" />
        <Skeleton className="h-3.5 w-full" />
        <Skeleton className="h-3.5 w-4/5" />
      </div>
      <div className="flex w-1/2 flex-col items-end gap-2 self-end">
        <Skeleton className="h-3 w-24" />
        <Skeleton className="h-3.5 w-full" />
        <Skeleton className="h-3.5 w-2/3" />
      </div>
      <div className="flex w-2/5 flex-col gap-2">
        <Skeleton className="h-3 w-28" />
        <Skeleton className="h-3.5 w-full" />
      </div>
    </div>
  )
}
