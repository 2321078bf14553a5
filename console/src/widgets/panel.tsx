import type { ReactNode } from 'react';

/** A part of a page under its own heading. */
export const Panel = ({
  title,
  aside,
  children,
}: {
  title: ReactNode;
  /** What stands beside the heading: a word on what is shown, or what can be done. */
  aside?: ReactNode;
  children: ReactNode;
}) => (
  <section className="panel">
    <header>
      <h2>{title}</h2>
      {aside}
    </header>
    {children}
  </section>
);
