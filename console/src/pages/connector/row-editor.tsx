import { Dialog } from '@base-ui/react/dialog';
import { useMemo } from 'react';
import type { AttributeRow } from '../../../../src/core/mapping/settings.ts';
import type { TargetAttributes } from '../../../../src/core/profile.ts';
import type { ProblemOfDocument } from '../../api/connectors.ts';
import type { Offer } from '../../preview/offers.ts';
import type { PreviewValue } from '../../preview/preview.ts';
import { statsOf } from '../../preview/stats.ts';
import type { LivePreview } from '../../preview/use-preview.ts';
import { attributeOf, nameOf, titleOf } from '../../text/rows.ts';
import { DecisionTag } from '../../widgets/decision.tsx';
import { Change, Value } from '../../widgets/value.tsx';
import { FromFields } from './from-fields.tsx';
import { PolicyFields } from './policy-fields.tsx';
import { SampleList } from './sample-list.tsx';
import { TransformFields } from './transform-fields.tsx';
import './row-editor.css';

type Sampled = {
  readonly id: string;
  readonly name: string;
  readonly login: string;
  readonly linked: readonly string[];
};

type Props = {
  readonly editing: { readonly index: number | null; readonly row: AttributeRow };
  readonly change: (row: AttributeRow) => void;
  readonly rules: TargetAttributes | undefined;
  readonly rows: readonly AttributeRow[];
  readonly target: string;
  /** The row's place in the document, by which the server names what is wrong in it. */
  readonly place: string;
  readonly offers: readonly Offer[];
  readonly sampled: readonly Sampled[];
  readonly live: LivePreview;
  readonly reads: readonly string[];
  readonly paths: readonly string[];
  readonly reread: (paths: readonly string[]) => void;
  readonly chosen: number;
  readonly problems: readonly ProblemOfDocument[];
  readonly close: () => void;
  readonly keep: () => void;
  readonly canSave: boolean;
  readonly save: (thenSync: boolean) => Promise<void>;
  readonly personName: string | null;
  readonly valueNow: PreviewValue | null;
};

/** One row of the mapping on the left, what it makes of real people on the right. */
export const RowEditor = (props: Props) => {
  const { editing, change, rules, rows, target, place, offers, sampled, live, reads, paths, reread, chosen } = props;
  const { problems, close, keep, canSave, save, personName, valueNow } = props;
  const { row, index } = editing;
  const attribute = attributeOf(row);
  const ends = live.preview?.ok ? live.preview.ends : [];
  const stats = useMemo(() => statsOf(ends, target, attribute, null), [ends, target, attribute]);
  const own = problems.filter(({ path }) => path.startsWith(place));
  const errors = own.filter(({ severity }) => severity === 'error');
  const unread = unreadOf(reads, paths);
  const complete = nameOf(row).trim() !== '' && row.from !== '';
  const limit = row.field === undefined ? rules?.userProperty?.value.maxLength : rules?.fields[row.field]?.maxLength;
  const suggested = useMemo(() => withHints(offers, nameOf(row)), [offers, row]);

  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup
          className="dialog row-editor"
          onKeyDown={(event) => {
            if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            event.stopPropagation();
            if (complete && errors.length === 0) {
              if (canSave) void save(false);
              else keep();
            }
          }}
        >
          <header>
            <Dialog.Title render={<h2 />}>{index === null ? 'Add attribute' : `Attribute ${nameOf(row)}`}</Dialog.Title>
          </header>
          <div className="columns">
            <div className="form">
              <NameField row={row} change={change} rules={rules} rows={rows} index={index} />
              <FromFields
                from={row.from}
                change={(from) =>
                  change({
                    ...row,
                    from,
                    ...(row.userProperty === '' && typeof from === 'string' && offers.some(({ path }) => path === from)
                      ? { userProperty: titleOf(from) }
                      : {}),
                  })
                }
                offers={suggested}
                people={sampled.length}
              />
              {own.map(({ message, remedy, severity, path }) => (
                <div key={`${path} ${message}`} className="small problem" data-severity={severity} role="alert">
                  {message} {remedy}
                </div>
              ))}
              {unread.length > 0 && errors.length === 0 && (
                <div className="notice" data-tone="warn">
                  <strong>Not in the sample yet: {unread.join(', ')}</strong>
                  <span className="actions">
                    <button type="button" className="button" onClick={() => reread(unread)}>
                      Read it from the directory
                    </button>
                  </span>
                  <p>The preview shows no value for it until it is read.</p>
                </div>
              )}
              <TransformFields transforms={row.transforms} change={(transforms) => change({ ...row, transforms })} />
              <PolicyFields row={row} change={change} offers={offers} />
            </div>
            <div className="tried" aria-busy={live.stale}>
              {live.preview !== null && !live.preview.ok && !live.stopped ? (
                <div className="notice" data-tone="bad">
                  <strong>Not to be run as it stands</strong>
                  <p>{live.preview.message}</p>
                </div>
              ) : (
                <>
                  {live.stopped && (
                    <div className="notice" data-tone="bad" role="alert">
                      <strong>Stopped after a second</strong>
                      <p>This expression takes too long for {sampled.length} people. Simplify it.</p>
                    </div>
                  )}
                  <dl className="figures">
                    <Figure name="get a value" value={stats.withValue} of={stats.people} />
                    <Figure name="stay empty" value={stats.empty} of={stats.people} />
                    {stats.kept > 0 && <Figure name="keep theirs" value={stats.kept} of={stats.people} />}
                    <Figure name="different values" value={stats.distinct} />
                    <Figure name={limit === undefined ? 'longest' : `longest, of ${limit}`} value={stats.longest} />
                    {stats.failed > 0 && <Figure name="fail" value={stats.failed} of={stats.people + stats.failed} />}
                  </dl>
                  {personName !== null && valueNow !== null && (
                    <div className="in-view" data-stale={live.stale}>
                      <span className="muted small">{personName}</span>
                      <span className="big">
                        {valueNow.decision === 'set' || valueNow.decision === 'clear' ? (
                          <Change before={valueNow.before} after={valueNow.after} />
                        ) : (
                          <Value value={valueNow.after} />
                        )}{' '}
                        <DecisionTag decision={valueNow.decision} why={valueNow.why} />
                      </span>
                      <span className="muted small">
                        {valueNow.said}; {valueNow.why}
                      </span>
                    </div>
                  )}
                  <SampleList
                    people={sampled}
                    ends={ends}
                    target={target}
                    attribute={attribute}
                    stale={live.stale}
                    chosen={chosen}
                  />
                </>
              )}
            </div>
          </div>
          <footer>
            <Dialog.Close className="button">Cancel</Dialog.Close>
            <button type="button" className="button" disabled={!complete} onClick={keep}>
              Keep as a draft
            </button>
            <button
              type="button"
              className="button"
              disabled={!complete || errors.length > 0 || !canSave}
              onClick={() => void save(true)}
            >
              Save and sync {personName ?? 'one person'}…
            </button>
            <button
              type="button"
              className="button"
              data-kind="primary"
              disabled={!complete || errors.length > 0 || !canSave}
              onClick={() => void save(false)}
            >
              Save
            </button>
          </footer>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
};

const Figure = ({ name, value, of }: { name: string; value: number; of?: number }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {value}
      {of !== undefined && <span className="muted"> of {of}</span>}
    </dd>
  </div>
);

const NameField = ({
  row,
  change,
  rules,
  rows,
  index,
}: {
  row: AttributeRow;
  change: (row: AttributeRow) => void;
  rules: TargetAttributes | undefined;
  rows: readonly AttributeRow[];
  index: number | null;
}) => {
  const fields = Object.keys(rules?.fields ?? {});
  const twice = rows.some(
    (one, place) => place !== index && attributeOf(one) === attributeOf(row) && nameOf(row) !== '',
  );
  return (
    <div className="field">
      <label htmlFor="row-name">{row.field === undefined ? 'User property' : 'Profile field'}</label>
      {row.field === undefined ? (
        <input
          id="row-name"
          className="input"
          value={row.userProperty ?? ''}
          placeholder="Job title"
          onChange={({ target }) => change({ ...row, userProperty: target.value })}
        />
      ) : (
        <select
          id="row-name"
          className="select"
          value={row.field}
          onChange={({ target }) => change({ ...row, field: target.value })}
        >
          {fields.map((field) => (
            <option key={field}>{field}</option>
          ))}
        </select>
      )}
      {twice && (
        <span className="hint">
          Another row writes it too: rows of one attribute are tried top down, the first whose condition holds decides.
        </span>
      )}
    </div>
  );
};

/** The paths the mapping reads that the sample was not read with; a beginning of a known one is still being typed. */
const unreadOf = (reads: readonly string[], paths: readonly string[]): readonly string[] =>
  reads.filter(
    (path) => !paths.some((one) => one.toLowerCase().startsWith(path.toLowerCase()) || path.startsWith(`${one}.`)),
  );

/** The offers with the one on top whose name fits the attribute's. */
const withHints = (offers: readonly Offer[], name: string): readonly (Offer & { readonly hint?: string })[] => {
  const folded = fold(name);
  if (folded === '') return offers;
  const fits = offers.filter(({ path }) => fold(path.split('.').at(-1) ?? '') === folded);
  return [
    ...fits.map((offer) => ({ ...offer, hint: 'same name' })),
    ...offers.filter((offer) => !fits.includes(offer)),
  ];
};

const fold = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replace(/name$/, '');
