import type { Plan } from '../../api/runs.ts';
import { count, many } from '../../widgets/time.tsx';

/** Why the plan is probably as it is: what changed in the document and in the directory since the last applied run. */
export const Cause = ({ plan: { cause, sinceApplied } }: { plan: Plan }) => (
  <section className="cause" aria-label="Likely cause">
    <p>
      <strong>Likely cause.</strong> {cause}
    </p>
    {sinceApplied !== null && sinceApplied.differences.length > 0 && (
      <ul>
        {sinceApplied.differences.slice(0, 8).map(({ path, before, after }) => (
          <li key={path}>
            <code>{path}</code> <del className="muted">{text(before)}</del> <ins>{text(after)}</ins>
          </li>
        ))}
        {sinceApplied.differences.length > 8 && (
          <li className="muted">and {many(sinceApplied.differences.length - 8, 'more place')}</li>
        )}
      </ul>
    )}
    {sinceApplied !== null && sinceApplied.directory.before !== null && sinceApplied.directory.now !== null && (
      <p className="muted small">
        The directory had {count(sinceApplied.directory.before)} people, and has {count(sinceApplied.directory.now)}{' '}
        now.
      </p>
    )}
  </section>
);

const text = (value: unknown): string =>
  value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
