/** A share of people as a bar with its percentage. */
export const Share = ({ part, of, stale = false }: { part: number; of: number; stale?: boolean }) => {
  const share = of === 0 ? 0 : part / of;
  return (
    <span className="bar" data-stale={stale}>
      <svg width="72" height="8" viewBox="0 0 72 8" aria-hidden="true">
        <rect width="72" height="8" rx="4" fill="var(--line)" />
        <rect width={Math.max(share === 0 ? 0 : 3, share * 72)} height="8" rx="4" fill="var(--accent)" />
      </svg>
      {percent(share)}
    </span>
  );
};

/** A share as people read it: nothing that is there reads as 0 %, nothing that lacks as 100 %. */
export const percent = (share: number): string => {
  if (share > 0 && share < 0.005) return '< 1 %';
  if (share > 0.995 && share < 1) return '> 99 %';
  return `${Math.round(share * 100)} %`;
};
