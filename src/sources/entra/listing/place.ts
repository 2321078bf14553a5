import { z } from 'zod';
import { parsedText } from '../../../http/read-json.ts';
import { ofAnotherListing } from '../../refusals.ts';
import type { Cursor, ReadPlace, Watermark } from '../../source.ts';

/** A chain of changes: where it continues, or, once it has ended, where it continues the next time. */
export type Chain = z.infer<typeof chain>;

const chain = z.strictObject({ link: z.string(), ended: z.boolean() });

const listing = z.strictObject({
  step: z.literal('list'),
  /** A link for each part of the selection, null where that part has ended; null before the first page. */
  links: z.array(z.string().nullable()).nullable(),
  /** The places taken before the listing; null where Graph does not track what is selected. */
  since: z.array(z.string()).nullable(),
});

const changing = z.strictObject({
  step: z.literal('changes'),
  chains: z.array(chain),
  /** The places taken before a listing whose end this is; null when only changes are read. */
  since: z.array(z.string()).nullable(),
});

const anywhere = z.discriminatedUnion('step', [listing, changing]);
const watermark = z.array(z.string());

/** Inside the listing. */
export type Listing = z.infer<typeof listing>;

/** Inside the changes, of a run that reads nothing else or at the end of a listing. */
export type Changing = z.infer<typeof changing>;

/** The cursor for a place. */
export const cursorOf = (place: Listing | Changing): Cursor => JSON.stringify(place);

/** The watermark for the positions from which each chain of changes continues. */
export const watermarkOf = (links: readonly string[]): Watermark => JSON.stringify(links);

/** Reads a position back; one of another selection (the mapping has changed in the meantime) is no longer valid. */
export const placeOf = (
  place: Exclude<ReadPlace, { at: 'start' }>,
  sizes: { readonly parts: number; readonly chains: number },
  party: string,
): Listing | Changing => {
  if (place.at === 'watermark') {
    const links = watermark.safeParse(parsedText(place.watermark));
    if (!links.success || links.data.length !== sizes.chains) throw ofAnotherListing(party);
    return { step: 'changes', chains: links.data.map((link) => ({ link, ended: false })), since: null };
  }
  const parsed = anywhere.safeParse(parsedText(place.cursor));
  if (!parsed.success) throw ofAnotherListing(party);
  const { data } = parsed;
  const fits =
    data.step === 'list'
      ? (data.since?.length ?? sizes.chains) === sizes.chains && (data.links?.length ?? sizes.parts) === sizes.parts
      : data.chains.length === sizes.chains;
  if (!fits) throw ofAnotherListing(party);
  return data;
};
