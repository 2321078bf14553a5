import type { Target } from '../../api/targets.ts';

/** How many of the requests a target may get at once are under way. */
export const Slots = ({ target: { slots, inFlight } }: { target: Target }) => {
  const most = Math.max(inFlight ?? 0, slots.used);
  return (
    <span className="slots">
      <svg width={most * 10} height="10" aria-hidden="true">
        {Array.from({ length: most }, (_, index) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: one slot is as good as another
            key={index}
            x={index * 10}
            width="8"
            height="10"
            rx="2"
            fill={index < slots.used ? 'var(--accent)' : 'var(--line)'}
          />
        ))}
      </svg>
      {slots.used} of {inFlight ?? '?'}
      {slots.waiting > 0 && <span className="muted"> · {slots.waiting} waiting</span>}
    </span>
  );
};
