import type { AttributeRow, Transform, ValueFrom } from '../../../src/core/mapping/settings.ts';

/** The name of what a row writes, without its kind. */
export const nameOf = (row: Pick<AttributeRow, 'field' | 'userProperty'>): string =>
  row.field ?? row.userProperty ?? '';

/** The attribute a row writes as ledger and reports name it. */
export const attributeOf = (row: Pick<AttributeRow, 'field' | 'userProperty'>): string =>
  row.field === undefined ? `userProperty:${row.userProperty ?? ''}` : `field:${row.field}`;

/** An attribute without its kind. */
export const plainName = (attribute: string): string => attribute.slice(attribute.indexOf(':') + 1);

/** Why a preview gives this: what the row said, where that says more than that it gave a value, and what follows from it. */
export const whyText = ({ said, why }: { readonly said: string; readonly why: string }): string =>
  said === 'value' || said === '' ? why : `${said}; ${why}`;

/** Where a value comes from, on one line. */
export const fromText = (from: ValueFrom): string => {
  if (typeof from === 'string') return from;
  if ('constant' in from) return `always "${from.constant}"`;
  if ('firstOf' in from) return `first of ${from.firstOf.join(', ')}`;
  return `${from.join.join(' + ')}, joined by "${from.with}"`;
};

/** What is done with a value on its way, in few words. */
export const transformText = (transform: Transform): string => {
  if (typeof transform === 'string') return transform;
  if ('replace' in transform) return 'replace';
  if ('regex' in transform) return 'regex';
  if ('ascii' in transform) return `ascii, ${transform.ascii}`;
  return `lookup of ${Object.keys(transform.lookup.values).length}`;
};

/** The policies of a row as the document's defaults have them. */
export const rowDefaults = {
  transforms: [],
  whenNoTransformApplies: 'useValue',
  whenEmpty: 'clearOurs',
  overwrite: 'always',
  whenTooLong: 'skip',
  keepOrder: false,
} as const satisfies Omit<AttributeRow, 'from'>;

/** What each choice of a policy means, as people say it. */
export const policyWords = {
  whenEmpty: {
    clearOurs: 'Clear what Attune wrote',
    clear: 'Clear any value',
    keep: 'Keep the existing value',
  },
  overwrite: {
    always: 'Always',
    ifEmpty: 'Only an empty attribute',
    onlyOurs: 'Only what Attune wrote',
  },
  whenTooLong: { skip: 'Keep the existing value', truncate: 'Cut it' },
  whenNoTransformApplies: {
    useValue: 'Use the value as it is',
    keep: 'Keep the existing value',
    clear: 'Clear it',
    skipUser: 'Leave the person out',
  },
} as const;

/** A path's last name as a title: jobTitle becomes Job title. */
export const titleOf = (path: string): string => {
  const last =
    path
      .split('.')
      .at(-1)
      ?.replaceAll(/[`[\]]/g, '') ?? '';
  const words = last
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
