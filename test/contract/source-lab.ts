import type { SourceName } from '../../sandbox/services.ts';
import type { AttributePath } from '../../src/core/values.ts';
import type { IdentitySource } from '../../src/sources/source.ts';

/** What differs between the members of the family, and why; a reason stands in place of the test. */
export type Deviations = {
  /** Graph alone gives pages without people in mid-listing. */
  readonly emptyPages?: string;
  /** Next pages may be named by tokens instead of links. */
  readonly links?: string;
  /** A directory may let only one person have a mail. */
  readonly severalHits?: string;
  /** A directory may name groups by their mail alone. */
  readonly groupNames?: string;
  /** A provider may report no changes. */
  readonly increments?: string;
  /** A provider may forget deleted people without a trace. */
  readonly deletions?: string;
  /** A place between two runs may be good for ever. */
  readonly expiry?: string;
};

/** The same things in each provider's own words. */
export type Words = {
  readonly login: AttributePath;
  readonly company: AttributePath;
  readonly managerName: AttributePath;
  readonly sixty: readonly AttributePath[];
  /** What an edit of the sandbox's person sets so that the `index`th of the sixty has this value. */
  readonly setOne: (index: number, value: string) => Readonly<Record<string, unknown>>;
  readonly refused: AttributePath;
  /** What edits of the sandbox's person set so that the settings below leave them out, and do so no more; and those settings. */
  readonly leftOut: {
    readonly edit: Readonly<Record<string, unknown>>;
    readonly back: Readonly<Record<string, unknown>>;
    readonly people: Readonly<Record<string, string>>;
  };
};

/** A provider's stand-in with a source opened on it. */
export type SourceLab = {
  readonly open: (settings?: Readonly<Record<string, unknown>>, secret?: string) => IdentitySource;
  /** Where the provider's stand-in listens. */
  readonly url: string;
  readonly control: (method: string, path: string, body?: unknown) => Promise<Response>;
  /** The provider's id of a person of the sandbox's world. */
  readonly idOf: (world: string) => string;
  readonly worldOf: (id: string) => string;
  /** Makes every page link or token given so far unknown; what comes back keeps those given from then on. */
  readonly forgetPlaces: () => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
};

/** One member of the family, as the contract suite meets it. */
export type SourceMember = {
  readonly name: SourceName;
  readonly words: Words;
  readonly deviations: Deviations;
  /** The path of the listing, for faults. */
  readonly listing: string;
  /** What the provider answers when its rate is limited, and the least wait (ms) that must be kept. */
  readonly limited: { readonly effect: Readonly<Record<string, unknown>>; readonly leastMs: number };
  readonly start: (users: number) => Promise<SourceLab>;
};
