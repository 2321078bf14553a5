import type { PlannedChange } from '../../core/plan/diff.ts';
import type { AttributeImpact, TargetImpact } from '../../core/plan/guard.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';

/** One kind of change, and some of the people it would be made for. It holds values. */
export type WhatIfKind = {
  readonly before: string | null;
  readonly after: string | null;
  readonly people: number;
  readonly examples: readonly SourceId[];
};

/** What would become of one attribute; `unread` are people whose account would have to be read first to tell. */
export type WhatIfAttribute = {
  readonly attribute: AttributeId;
  readonly filled: number;
  readonly replaced: number;
  readonly cleared: number;
  readonly foreign: number;
  readonly unread: number;
  readonly kinds: readonly WhatIfKind[];
  readonly rest: { readonly kinds: number; readonly people: number };
};

/** How many kinds of an attribute are told apart at most, and how many are shown: memory stays flat. */
const mostKinds = 20_000;
const shownKinds = 20;
const mostExamples = 3;

/** Counts what would become of the attributes of one target, person by person. */
export const countChanges = () => {
  type Counted = Record<'filled' | 'replaced' | 'cleared' | 'foreign' | 'unread' | 'beyond', number>;
  const attributes = new Map<AttributeId, { counts: Counted; kinds: Map<string, WhatIfKind> }>();
  const people = { changed: 0, cleared: 0 };
  const of = (attribute: AttributeId) => {
    const none = { filled: 0, replaced: 0, cleared: 0, foreign: 0, unread: 0, beyond: 0 };
    const found = attributes.get(attribute) ?? { counts: none, kinds: new Map<string, WhatIfKind>() };
    attributes.set(attribute, found);
    return found;
  };
  const addOne = (person: SourceId, { attribute, before, after, foreign }: PlannedChange): void => {
    const { counts, kinds } = of(attribute);
    counts[before === null ? 'filled' : after === null ? 'cleared' : 'replaced'] += 1;
    if (foreign) counts.foreign += 1;
    const key = JSON.stringify([before, after]);
    const kind = kinds.get(key) ?? { before, after, people: 0, examples: [] };
    if (kind.people === 0 && kinds.size >= mostKinds) counts.beyond += 1;
    else {
      const examples = kind.examples.length < mostExamples ? [...kind.examples, person] : kind.examples;
      kinds.set(key, { ...kind, people: kind.people + 1, examples });
    }
  };
  return {
    /** What would be written for one person, and what of theirs cannot be told without reading the account. */
    add: (person: SourceId, changes: readonly PlannedChange[], unread: readonly AttributeId[]): void => {
      for (const change of changes) addOne(person, change);
      for (const attribute of unread) of(attribute).counts.unread += 1;
      if (changes.some(({ before }) => before !== null)) people.changed += 1;
      if (changes.some(({ before, after }) => before !== null && after === null)) people.cleared += 1;
    },
    /** Attribute by attribute, the most changed first, each with its commonest kinds. */
    told: (): readonly WhatIfAttribute[] =>
      [...attributes]
        .map(
          ([
            attribute,
            {
              counts: { beyond, ...counts },
              kinds,
            },
          ]) => {
            const sorted = [...kinds.values()].sort((a, b) => b.people - a.people);
            const rest = sorted.slice(shownKinds);
            const others = rest.reduce((sum, kind) => sum + kind.people, 0);
            const left = { kinds: rest.length + beyond, people: others + beyond };
            return { attribute, ...counts, kinds: sorted.slice(0, shownKinds), rest: left };
          },
        )
        .sort((a, b) => sizeOf(b) - sizeOf(a) || (a.attribute < b.attribute ? -1 : 1)),
    /** The same as the guard sees it. */
    impact: (): Omit<TargetImpact, 'target' | 'linked' | 'newlyUnmatched'> => {
      const all = [...attributes].map(
        ([attribute, { counts }]): AttributeImpact => ({
          attribute,
          changed: counts.replaced + counts.cleared,
          cleared: counts.cleared,
          foreign: counts.foreign,
        }),
      );
      const foreignOverwrites = all.reduce((sum, { foreign }) => sum + foreign, 0);
      return { changedPeople: people.changed, clearedPeople: people.cleared, foreignOverwrites, attributes: all };
    },
  };
};

const sizeOf = ({ filled, replaced, cleared, unread }: WhatIfAttribute): number => filled + replaced + cleared + unread;
