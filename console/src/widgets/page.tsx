import { type ReactNode, useEffect } from 'react';

/** A page with its title, what can be done on it, and its content. The title names no person. */
export const Page = ({
  title,
  heading = title,
  lead,
  actions,
  children,
}: {
  title: string;
  heading?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) => {
  useEffect(() => {
    document.title = `${title} · Attune`;
  }, [title]);
  return (
    <div className="page">
      <header>
        <div>
          <h1>{heading}</h1>
          {lead !== undefined && <div className="muted">{lead}</div>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
};

/** Nothing to show, and what to do about it. */
export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="empty">
    <strong>{title}</strong>
    {children}
  </div>
);
