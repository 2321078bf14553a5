import { type ReactNode, useEffect, useRef, useState } from 'react';

/** What may be wider than the page scrolls in itself; then it is reached by keyboard, too. */
export const Scroller = ({ label, children }: { label: string | undefined; children: ReactNode }) => {
  const box = useRef<HTMLDivElement>(null);
  const [isWider, setIsWider] = useState(false);
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const observer = new ResizeObserver(() => setIsWider(current.scrollWidth > current.clientWidth));
    observer.observe(current);
    for (const child of current.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      className="table-scroll"
      {...(isWider ? { tabIndex: 0, role: 'group', 'aria-label': label ?? 'Table, wider than the page' } : {})}
    >
      {children}
    </div>
  );
};
