import { useRef, useState } from 'react';
import type { ValueFrom } from '../../../../../src/core/mapping/settings.ts';
import type { Offer } from '../../../preview/offers.ts';
import { ExpressionBox } from '../../../widgets/forms/expression-box.tsx';
import { PathBox } from '../../../widgets/forms/path-box.tsx';

const kinds = [
  { kind: 'attribute', text: 'Attribute' },
  { kind: 'firstOf', text: 'First of' },
  { kind: 'join', text: 'Join' },
  { kind: 'constant', text: 'Constant' },
  { kind: 'expression', text: 'Expression' },
] as const;
type Kind = (typeof kinds)[number]['kind'];

/** A path of names alone, with or without backquotes. */
const path = /^(?:[A-Za-z_]\w*|`[^`]+`)(?:\.(?:[A-Za-z_]\w*|`[^`]+`))*$/;

const kindOf = (from: ValueFrom): Kind => {
  if (typeof from === 'string') return from === '' || path.test(from) ? 'attribute' : 'expression';
  if ('constant' in from) return 'constant';
  return 'firstOf' in from ? 'firstOf' : 'join';
};

/** Where a row's value comes from, in each of the document's forms. */
export const FromFields = ({
  from,
  change,
  offers,
  people,
}: {
  from: ValueFrom;
  change: (from: ValueFrom) => void;
  offers: readonly (Offer & { readonly hint?: string })[];
  people: number;
}) => {
  const [kind, setKind] = useState<Kind>(() => kindOf(from));
  // What was written last, so that passing a form that holds none of it loses nothing: arrows pass through all of them.
  const written = useRef(from);
  if (!isConstant(from)) written.current = from;
  const choose = (next: Kind): void => {
    setKind(next);
    change(as(next, written.current));
  };
  return (
    <fieldset className="from">
      <legend>From</legend>
      <div className="kinds" role="radiogroup" aria-label="Form">
        {kinds.map((one) => (
          <label key={one.kind} data-chosen={kind === one.kind}>
            <input type="radio" name="from-kind" checked={kind === one.kind} onChange={() => choose(one.kind)} />
            {one.text}
          </label>
        ))}
      </div>
      {kind === 'attribute' && (
        <PathBox
          id="from-path"
          label="Attribute of the directory"
          value={typeof from === 'string' ? from : ''}
          change={change}
          offers={offers}
          people={people}
        />
      )}
      {kind === 'expression' && (
        <ExpressionBox
          id="from-expression"
          label="Expression"
          value={typeof from === 'string' ? from : ''}
          change={change}
          offers={offers}
        />
      )}
      {kind === 'constant' && (
        <input
          className="input"
          aria-label="The same value for everybody"
          value={typeof from === 'object' && 'constant' in from ? from.constant : ''}
          onChange={({ target }) => change({ constant: target.value })}
        />
      )}
      {kind === 'firstOf' && typeof from === 'object' && 'firstOf' in from && (
        <Parts parts={from.firstOf} change={(firstOf) => change({ firstOf })} offers={offers} people={people} />
      )}
      {kind === 'join' && typeof from === 'object' && 'join' in from && (
        <>
          <Parts parts={from.join} change={(join) => change({ ...from, join })} offers={offers} people={people} />
          <label className="joined">
            Joined by
            <input
              className="input"
              value={from.with}
              onChange={({ target }) => change({ ...from, with: target.value })}
            />
          </label>
        </>
      )}
    </fieldset>
  );
};

const Parts = ({
  parts,
  change,
  offers,
  people,
}: {
  parts: readonly string[];
  change: (parts: readonly string[]) => void;
  offers: readonly Offer[];
  people: number;
}) => (
  <ol className="parts">
    {parts.map((part, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is known by its place alone
      <li key={index}>
        <PathBox
          id={`from-part-${index}`}
          label={`Part ${index + 1}`}
          value={part}
          change={(text) => change(parts.map((one, place) => (place === index ? text : one)))}
          offers={offers}
          people={people}
        />
        {parts.length > 1 && (
          <button
            type="button"
            className="button"
            data-kind="quiet"
            aria-label={`Remove part ${index + 1}`}
            onClick={() => change(parts.filter((_, place) => place !== index))}
          >
            Remove
          </button>
        )}
      </li>
    ))}
    <li>
      <button type="button" className="button" data-kind="quiet" onClick={() => change([...parts, ''])}>
        Add another
      </button>
    </li>
  </ol>
);

const isConstant = (from: ValueFrom): boolean => typeof from === 'object' && 'constant' in from;

/** A value's source in another form, with what can be kept of the former one. */
const as = (kind: Kind, from: ValueFrom): ValueFrom => {
  const texts =
    typeof from === 'string' ? [from] : 'firstOf' in from ? from.firstOf : 'join' in from ? from.join : [''];
  const first = texts[0] ?? '';
  switch (kind) {
    case 'attribute':
      return path.test(first) ? first : '';
    case 'expression':
      return first;
    case 'constant':
      return { constant: '' };
    case 'firstOf':
      return { firstOf: texts };
    case 'join':
      return { join: texts, with: ' ' };
  }
};
