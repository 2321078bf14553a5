import { Link } from '@tanstack/react-router';
import type { TargetMapping } from '../../../../../src/core/mapping/settings.ts';
import { useSettings } from '../../../settings.tsx';
import { Choose } from '../../../widgets/forms/choose.tsx';
import type { Sampled } from './tried.tsx';

/** A person without the name: enough of the id to tell one from another. */
export const hiddenName = (id: string): string => `Person ${id.slice(0, 8)}`;

/** Which target's rows are shown, on whom they are tried, and the way to another row. */
export const MappingBar = ({
  id,
  targets,
  target,
  people,
  chosen,
  choose,
  add,
}: {
  id: string;
  targets: readonly TargetMapping[];
  target: string;
  people: readonly Sampled[];
  /** The person of the sample in view; null without a sample. */
  chosen: string | null;
  choose: (person: string) => void;
  add: () => void;
}) => {
  const { shown } = useSettings();
  return (
    <div className="mapping-bar">
      <nav className="actions" aria-label="Targets">
        {targets.map((one) => (
          <Link
            key={one.target}
            className="button"
            aria-current={one.target === target ? 'page' : undefined}
            to="/connectors/$id/mapping"
            params={{ id }}
            search={(before) => ({ ...before, target: one.target })}
          >
            {one.target}
          </Link>
        ))}
      </nav>
      <span className="spring" />
      {chosen !== null && (
        <Choose
          label="Tried on"
          items={people.map((one) => ({
            value: one.id,
            text: shown ? one.name : hiddenName(one.id),
            more: shown ? one.login : '',
          }))}
          value={chosen}
          choose={choose}
        />
      )}
      <button type="button" className="button" data-kind="primary" onClick={add}>
        Add attribute
      </button>
    </div>
  );
};

/** What a version that was just stored has not done yet, and how it gets to people. */
export const StoredNotice = ({
  version,
  people,
  scheduled,
  name,
  sync,
}: {
  version: number;
  /** How many people have been synced by it from here. */
  people: number;
  /** Whether the connector runs by itself at some time. */
  scheduled: boolean;
  name: string;
  /** Null for who may not sync anybody. */
  sync: (() => void) | null;
}) => (
  <div className="notice" data-tone="ok" role="status">
    <strong>
      Version {version} is stored.{' '}
      {people === 0 ? 'Nobody has it yet.' : `So far ${people === 1 ? 'one person has' : `${people} people have`} it.`}
    </strong>
    <span className="actions">
      <button type="button" className="button" disabled={sync === null} onClick={() => sync?.()}>
        Sync {name} now…
      </button>
    </span>
    <p>
      Sync {people === 0 ? 'one' : 'another'} person
      {scheduled ? ', plan for everybody, or wait for the schedule.' : ', or plan for everybody.'}
    </p>
  </div>
);
