import type { WhatIf } from '../../../api/connectors.ts';
import { plainName } from '../../../text/rows.ts';
import { many } from '../../../widgets/time.tsx';

/** What the last read cannot tell of a mapping, and whom it would leave out. */
export const WhatIfNotes = ({ told: { targets, unread } }: { told: WhatIf }) => {
  const notes = [
    ...Object.entries(targets).flatMap(([target, { left, matchesAnew }]) => [
      ...(left > 0 ? [`${target}: ${many(left, 'person', 'people')} with an account would be out of scope.`] : []),
      ...(matchesAnew
        ? [`${target}: the match rules are different; a plan tells who is matched to which account.`]
        : []),
    ]),
    ...unread.map(
      ({ target, attribute, paths }) =>
        `${plainName(attribute)} at ${target} is left out: the last read did not ask for ${paths.join(', ')}. A plan for everybody reads it.`,
    ),
  ];
  if (notes.length === 0) return null;
  return (
    <ul className="body small">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
};
