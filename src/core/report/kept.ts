import type { AttributeId } from '../profile.ts';

/**
 * Why the value of a row was not what the directory gives: it is too long for the target and left out, was cut to fit,
 * no lookup, replace or regex of the row applied, or `overwrite` keeps somebody else's value. Without these an admin
 * sees "unchanged" and looks no further.
 */
export const keptReasons = ['tooLong', 'cut', 'noTransform', 'notOurs'] as const;
export type KeptReason = (typeof keptReasons)[number];

/** The same, in a clause about one value. */
export const keptSaid: Readonly<Record<KeptReason, string>> = {
  tooLong: 'the value is too long for the target (whenTooLong: skip)',
  cut: 'the value is cut to what the target holds (whenTooLong: truncate)',
  noTransform: 'no lookup, replace or regex of the row applies to the value',
  notOurs: 'the target holds somebody else’s value, and `overwrite` of the row keeps it',
};

/** A value that was kept back, for one attribute of one person; it is a personal value and goes to the ledger only. */
export type KeptValue = { readonly attribute: AttributeId; readonly reason: KeptReason; readonly value: string };

/** How many people and different values one reason kept at one attribute. */
export type KeptCount = {
  readonly attribute: AttributeId;
  readonly reason: KeptReason;
  readonly people: number;
  readonly values: number;
};

/** What was kept in words: "Center: 12 people, no translation for 3 values". */
export const keptText = ({ attribute, reason, people, values }: KeptCount): string => {
  const who = `${attribute.replace(/^[^:]*:/, '')}: ${people} ${people === 1 ? 'person' : 'people'}`;
  const each = `${values} ${values === 1 ? 'value' : 'values'}`;
  if (reason === 'noTransform') return `${who}, no translation for ${each}`;
  if (reason === 'notOurs') return `${who}, ${each} not written because somebody else’s is kept (overwrite)`;
  return reason === 'tooLong' ? `${who}, ${each} too long for the target and left out` : `${who}, ${each} cut to fit`;
};
