import type { TargetMapping } from '../../../../../src/core/mapping/settings.ts';
import type { ProblemOfDocument } from '../../../api/connectors.ts';
import type { PreviewEnd } from '../../../preview/preview.ts';
import { statsOf, valueAt } from '../../../preview/stats.ts';
import { attributeOf, fromText, nameOf, transformText } from '../../../text/rows.ts';
import { DecisionTag } from '../../../widgets/decision.tsx';
import { Empty } from '../../../widgets/page.tsx';
import { Share } from '../../../widgets/pictures/share.tsx';
import { Scroller } from '../../../widgets/tables/scroller.tsx';
import { Change, Value } from '../../../widgets/value.tsx';

type Props = {
  readonly target: TargetMapping;
  /** Its place in the document, by which the server names what is wrong. */
  readonly place: number;
  readonly ends: readonly Readonly<Record<string, PreviewEnd>>[];
  readonly person: PreviewEnd | undefined;
  readonly personName: string | null;
  readonly stale: boolean;
  readonly stopped: boolean;
  readonly ms: number | null;
  readonly people: number;
  /** Whether people to try it on are still being read. */
  readonly waits: boolean;
  readonly problems: readonly ProblemOfDocument[];
  readonly edit: (index: number) => void;
  readonly remove: (index: number) => void;
};

/** The rows of one target: what each gives to how many, and to the person in view. */
export const MappingTable = (props: Props) => {
  const { target, place, ends, person, personName, stale, ms, people, waits, stopped, problems, edit, remove } = props;
  return (
    <section className="panel" aria-label={`Attributes written to ${target.target}`}>
      <header>
        <h2>Attributes</h2>
        <span className="muted small" role="status">
          {stopped
            ? 'Stopped: this mapping takes longer than a second'
            : people === 0
              ? waits
                ? 'Choosing people to try it on…'
                : ''
              : `Tried on ${people} people${ms === null ? '' : ` in ${Math.max(1, Math.round(ms))} ms`}`}
        </span>
      </header>
      {target.attributes.length === 0 && (
        <Empty title="No rows yet">
          <span>Choose one of the attributes that your directory offers.</span>
        </Empty>
      )}
      <Scroller label={`Attributes written to ${target.target}`}>
        <table className="table mapping" aria-busy={stale}>
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col">From</th>
              <th scope="col">Gets a value</th>
              <th scope="col">{personName ?? 'One person'}</th>
              <th scope="col">Would be</th>
              <th scope="col">
                <span className="visually-hidden">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {target.attributes.map((row, index) => {
              const attribute = attributeOf(row);
              const stats = statsOf(ends, target.target, attribute, index);
              const value = valueAt(person, attribute);
              const decided = value?.row === index || (value?.row === null && row.when === undefined);
              const own = problems.filter(({ path }) => path.startsWith(`connector.to[${place}].attributes[${index}]`));
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place and what it writes
                <tr key={`${attribute} ${index}`} data-link data-stale={stale}>
                  <td>
                    <button type="button" className="row-name" data-row-link onClick={() => edit(index)}>
                      {nameOf(row)}
                    </button>
                    {row.when !== undefined && <div className="muted small">only when {row.when}</div>}
                    {own.map(({ message, severity }) => (
                      <div key={message} className="small problem" data-severity={severity}>
                        {message}
                      </div>
                    ))}
                  </td>
                  <td>
                    <code>{fromText(row.from)}</code>
                    {row.transforms.length > 0 && (
                      <span className="muted small"> · {row.transforms.map(transformText).join(' · ')}</span>
                    )}
                  </td>
                  <td>{ends.length > 0 && <Share part={stats.withValue} of={stats.people} />}</td>
                  <td>
                    {person !== undefined && person.kind !== 'mapped' ? (
                      index === 0 && <span className="muted">{person.reason}</span>
                    ) : value === null || !decided ? (
                      <span className="muted">{value === null ? '' : 'another row decides'}</span>
                    ) : value.decision === 'set' || value.decision === 'clear' ? (
                      <Change before={value.before} after={value.after} />
                    ) : (
                      <Value value={value.after} />
                    )}
                  </td>
                  <td>{value !== null && decided && <DecisionTag decision={value.decision} why={value.why} />}</td>
                  <td className="number">
                    <button
                      type="button"
                      className="button"
                      data-kind="quiet"
                      aria-label={`Remove ${nameOf(row)}`}
                      onClick={() => remove(index)}
                    >
                      Remove
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroller>
    </section>
  );
};
