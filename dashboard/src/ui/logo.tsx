/** Two facing arcs: the call, and the response that answers it. */
export function Logo({ size = 24, label }: { size?: number; label?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      strokeWidth="2.6"
      strokeLinecap="round"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      <path d="M9.2 4.2A9.4 9.4 0 0 0 9.2 19.8" className="stroke-accent" />
      <path d="M14.8 7.4A5.6 5.6 0 0 1 14.8 16.6" className="stroke-ink-3" />
    </svg>
  )
}
