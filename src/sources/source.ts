import type { ZodType } from 'zod';
import type { Assumed } from '../core/assumption.ts';
import type { Call } from '../core/call.ts';
import type { LabelPaths } from '../core/people/label.ts';
import type { ReadSecret } from '../core/secret.ts';
import type { Shapes } from '../core/shapes.ts';
import type { AttributePath, Json, SourceId, SourceUser } from '../core/values.ts';

/** A place inside one listing, opaque to everybody but its source. It may hold a login: it lives in the ledger only. */
export type Cursor = string;

/** A place between two runs (Graph's deltaLink, Okta's time stamp), opaque and kept in the ledger like a cursor. */
export type Watermark = string;

/** Where a page is read: at the beginning, behind a page, or from where an earlier run ended. */
export type ReadPlace =
  | { readonly at: 'start' }
  | { readonly at: 'cursor'; readonly cursor: Cursor }
  | { readonly at: 'watermark'; readonly watermark: Watermark };

/**
 * How a page ends: the provider gave a next place, or its own signal that this was the last page. Nothing else is an
 * end: an empty page with a next place goes on, and a page that fails is a failure, not an end.
 */
export type PageEnd =
  | { readonly more: true; readonly cursor: Cursor }
  | { readonly more: false; readonly watermark: Watermark | null };

/**
 * One answer of a listing. `removed` names people the changes report as gone, or whom a setting leaves out by now.
 * `bystanders` take no part by the source's own settings; they are handed over where the selection reads the manager, for
 * they may be named as one all the same.
 */
export type SourcePage = {
  readonly users: readonly SourceUser[];
  readonly bystanders: readonly SourceUser[];
  readonly removed: readonly SourceId[];
  readonly end: PageEnd;
};

/** One page of the members of a group, as ids. */
export type MemberPage = { readonly ids: readonly SourceId[]; readonly next: Cursor | null };

/** An attribute a tenant offers, for the pick-list; `example` is one value seen. */
export type SourceAttribute = { readonly path: AttributePath; readonly type: string; readonly example: Json };

/**
 * How people name their manager in a directory that gives no attributes of the manager with the person (Okta's
 * `profile.managerId`, Google's relations). Both read a user that was read with a selection that holds `manager.…`.
 */
export type ManagerNaming = {
  /** The key (an id, a login, a mail) under which the person names the manager; null for nobody. */
  readonly keyOf: (user: SourceUser) => string | null;
  /** Every key by which others may name this person; compared without regard to case. */
  readonly namesOf: (user: SourceUser) => readonly string[];
};

/**
 * Where users are read from. Every method throws `Failure` and nothing else (an abort by `call.signal` excepted,
 * which passes through as it came).
 */
export type IdentitySource = {
  /** The names the document gives to groups; only these are read. */
  readonly groups: readonly string[];
  /** The day (ISO date) the credential expires, as the document says; null when it says nothing. */
  readonly expires: string | null;
  /** Where it keeps what a person is called; these are read of everybody. */
  readonly label: LabelPaths;
  /** Null where the source itself gives the manager's attributes with the person. */
  readonly managers: ManagerNaming | null;
  /**
   * Verifies credentials and permissions with the cheapest call that needs both; throws `auth`, `forbidden`, `config`.
   * `anew` signs in again: a token that still lives says nothing about the secret that is stored by now.
   */
  check(call: Call, anew?: boolean): Promise<void>;
  /**
   * Reads one page with exactly the attributes of `select`. Throws `cursorExpired` if the position is no longer valid.
   */
  readPage(place: ReadPlace, select: readonly AttributePath[], call: Call): Promise<SourcePage>;
  /**
   * One person by id, login or mail; null if there is none; `rejected` with what was found if there are several, and if
   * the source's own settings exclude the person (`leftOut` says why), unless `whoever` includes them too (a manager
   * may be named without taking part).
   */
  readUser(key: string, select: readonly AttributePath[], call: Call, whoever?: boolean): Promise<SourceUser | null>;
  /** The member ids of a group, by the name the document gives it, paged. */
  readMembers(group: string, cursor: Cursor | null, call: Call): Promise<MemberPage>;
  /** The names of the groups of the document that one person is in. */
  groupsOf(id: SourceId, call: Call): Promise<readonly string[]>;
  /** Tries everything that its page lists under "What Attune relies on", through a separate sign-in; writes nothing. */
  assume(select: readonly AttributePath[], call: Call): Promise<Assumed>;
  /** The paths a tenant offers, from a sample of users. */
  attributes(call: Call): Promise<readonly SourceAttribute[]>;
};

/** What a source is opened with: secrets are resolved at each use, so that a rotated one is read again. */
export type SourceDeps = {
  readonly secret: ReadSecret;
};

/** A path that would make the provider refuse the whole listing, with the reason and what to do instead. */
export type RefusedPath = { readonly path: AttributePath; readonly why: string; readonly remedy: string };

/**
 * What each source folder exports: its kind, the settings it takes in a document, what is known of its paths offline,
 * when a document is validated, and how to open it.
 */
export type SourceDefinition<Settings> = {
  readonly kind: string;
  readonly settings: ZodType<Settings>;
  /** The paths it can never read. */
  readonly refusedPaths: (paths: readonly AttributePath[]) => readonly RefusedPath[];
  /** The paths every tenant offers, for "did you mean"; what stands below one of them counts as known. */
  readonly usualPaths: readonly AttributePath[];
  /** Those of them that are no single value: what their parts are, and which are lists. */
  readonly shapes: Shapes;
  /** Those of them whose value is true or false. */
  readonly truthPaths: readonly AttributePath[];
  /** Those of them whose value is a number. */
  readonly numberPaths: readonly AttributePath[];
  /** Where tenants may have paths of their own: those are doubted only when they look like a slip of a usual one. */
  readonly ownPaths: RegExp;
  readonly open: (settings: Settings, deps: SourceDeps) => IdentitySource;
};
