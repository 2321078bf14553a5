import type { AttributeId } from '../../../../../src/core/profile.ts';
import type { Json, JsonObject } from '../../../../../src/core/values.ts';
import type { Offer } from '../../../preview/offers.ts';
import { percent } from '../../../widgets/pictures/share.tsx';

/** What is known of somebody of the sample: the attributes of the directory, and the values at the target. */
export type Held = { readonly attributes: JsonObject; readonly values: Readonly<Record<AttributeId, string | null>> };

/** An offer, with a word on why it may be meant. */
export type HintedOffer = Offer & { readonly hint?: string };

/** The paths the mapping reads that the sample was not read with; a beginning of a known one is still being typed. */
export const unreadOf = (reads: readonly string[], paths: readonly string[]): readonly string[] =>
  reads.filter(
    (path) => !paths.some((one) => one.toLowerCase().startsWith(path.toLowerCase()) || path.startsWith(`${one}.`)),
  );

/** From this share of equal values on, an attribute of the directory counts as what stands at the target. */
const equalFrom = 0.6;

/** The offers with those on top that fit the attribute: by its name, and by the values accounts hold in it today. */
export const withHints = (
  offers: readonly Offer[],
  name: string,
  attribute: string,
  people: readonly Held[],
): readonly HintedOffer[] => {
  const folded = fold(name);
  const held = people.flatMap(({ attributes, values }) => {
    const value = values[attribute as AttributeId] ?? null;
    return value === null ? [] : [{ attributes, value }];
  });
  const hinted = offers.map((offer) => {
    const byName = folded !== '' && fold(offer.path.split('.').at(-1) ?? '') === folded;
    const equal = held.filter(({ attributes, value }) => valueAt(attributes, offer.path) === value).length;
    const share = held.length < 5 ? 0 : equal / held.length;
    const hints = [
      ...(byName ? ['same name'] : []),
      ...(share >= equalFrom ? [`equals what ${percent(share)} of accounts hold`] : []),
    ];
    return { offer, rank: (byName ? 1 : 0) + share, hint: hints.join(', ') };
  });
  return hinted
    .sort((a, b) => (a.hint === '' && b.hint === '' ? 0 : b.rank - a.rank))
    .map(({ offer, hint }) => (hint === '' ? offer : { ...offer, hint }));
};

/** The text at a path of plain names. */
const valueAt = (attributes: JsonObject, path: string): string | null => {
  let here: Json | undefined = attributes;
  for (const part of path.split('.')) {
    if (typeof here !== 'object' || here === null || Array.isArray(here)) return null;
    here = (here as JsonObject)[part.replaceAll('`', '')];
  }
  return typeof here === 'string' ? here : null;
};

const fold = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replace(/name$/, '');
