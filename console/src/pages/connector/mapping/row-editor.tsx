import { Dialog } from '@base-ui/react/dialog';
import { useMemo } from 'react';
import type { AttributeRow } from '../../../../../src/core/mapping/settings.ts';
import type { TargetAttributes } from '../../../../../src/core/profile.ts';
import type { ProblemOfDocument } from '../../../api/connectors.ts';
import type { Offer } from '../../../preview/offers.ts';
import type { PreviewValue } from '../../../preview/preview.ts';
import type { LivePreview } from '../../../preview/use-preview.ts';
import { attributeOf, nameOf, titleOf } from '../../../text/rows.ts';
import { FromFields } from './from-fields.tsx';
import { type Held, unreadOf, withHints } from './hints.ts';
import { NameField } from './name-field.tsx';
import { PolicyFields } from './policy-fields.tsx';
import { TransformFields } from './transform-fields.tsx';
import { type Sampled, Tried } from './tried.tsx';
import './row-editor.css';

type Props = {
  readonly editing: { readonly index: number | null; readonly row: AttributeRow };
  readonly change: (row: AttributeRow) => void;
  readonly rules: TargetAttributes | undefined;
  readonly rows: readonly AttributeRow[];
  /** What each of the sample has at the directory and at the target. */
  readonly held: readonly Held[];
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
  const { problems, close, keep, canSave, save, personName, valueNow, held } = props;
  const { row, index } = editing;
  const attribute = attributeOf(row);
  // That a row which says nothing yet is empty need not be told.
  const own = row.from === '' ? [] : problems.filter(({ path }) => path.startsWith(place));
  const errors = own.filter(({ severity }) => severity === 'error');
  const unread = unreadOf(reads, paths);
  const complete = nameOf(row).trim() !== '' && row.from !== '';
  const limit = row.field === undefined ? rules?.userProperty?.value.maxLength : rules?.fields[row.field]?.maxLength;
  const suggested = useMemo(() => withHints(offers, nameOf(row), attribute, held), [offers, row, attribute, held]);

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
            <Tried
              live={live}
              isBegun={row.from !== ''}
              target={target}
              attribute={attribute}
              limit={limit}
              sampled={sampled}
              chosen={chosen}
              personName={personName}
              valueNow={valueNow}
            />
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
