import type { ZodType } from 'zod';
import type { Assumed } from '../core/assumption.ts';
import type { Call } from '../core/call.ts';
import type { CheckLine } from '../core/check-line.ts';
import type { Failure } from '../core/failure.ts';
import type { MatchBy, MatchKey } from '../core/people/match.ts';
import type { CountRequests } from '../core/plan/requests.ts';
import type { WriteHours } from '../core/plan/write-hours.ts';
import type { AttributeId, Change, Profile, TargetAttributes, Written } from '../core/profile.ts';
import type { ReadSecret } from '../core/secret.ts';

/** The same person in a target. `key` is the product's immutable id, `username` the name its forms are addressed by. */
export type Account = {
  readonly key: string;
  readonly username: string;
  readonly email: string | null;
  readonly active: boolean;
};

/** A place inside the account listing, opaque. */
export type Cursor = string;

/**
 * One answer of the account listing. `everybody` is false where the product can list only some (the members of groups):
 * people missing from such a listing may still have an account.
 */
export type AccountPage = {
  readonly accounts: readonly Account[];
  readonly next: Cursor | null;
  readonly everybody: boolean;
};

/** What is read of one account, and what is written to one. */
export type Wanted = { readonly account: Account; readonly attributes: readonly AttributeId[] };
export type Work = { readonly account: Account; readonly changes: readonly Change[] };

/**
 * Several accounts in one request, at most `size`, with results in the order asked. Reading: a failure that concerns
 * one account takes the place of its profile, any other is thrown. Writing: as `applyChanges` of a target for each
 * account.
 */
export type Together = {
  readonly size: number;
  readProfiles(wanted: readonly Wanted[], call: Call): Promise<readonly (Profile | Failure)[]>;
  applyChanges(work: readonly Work[], call: Call): Promise<readonly Written[]>;
};

/** The account and the attributes a write test may touch. */
export type WriteTrial = { readonly username: string; readonly attributes: readonly AttributeId[] };

/**
 * A system that is written to. Every method except `applyChanges` throws only `Failure` (or the reason of an abort by
 * `call.signal`). One target value is shared by all activities of a worker process: it logs in once, however many
 * callers arrive at once.
 */
export type Target = {
  /** What can be mapped to, with the product's rules. */
  readonly attributes: TargetAttributes;
  /** Whether an account is never written to: our own service account and the accounts in the document's `never`. */
  protects(account: Account): boolean;
  /** Proves reachability, login and rights; throws `unavailable`, `auth`, `forbidden` or `config` with the remedy. */
  check(call: Call): Promise<void>;
  /**
   * Looks at each thing a run needs, in order, and tells what it found; with a trial it also writes, reads back and
   * clears these attributes on that one account and puts back what was there.
   */
  examine(trial: WriteTrial | null, call: Call): AsyncIterable<CheckLine>;
  /**
   * Tries everything Attune relies on at the product, each by the id of the connector's page, and keeps what was seen,
   * masked; writes nothing without a trial. Throws only what ends it altogether.
   */
  assume(trial: WriteTrial | null, call: Call): Promise<Assumed>;
  /** Everybody the product knows, paged; inactive people too where the product lists them. */
  accountsPage(cursor: Cursor | null, call: Call): Promise<AccountPage>;
  /** The accounts that have exactly this username or mail. */
  findAccounts(by: MatchKey, call: Call): Promise<readonly Account[]>;
  /** Null where the product takes one account at a time. */
  readonly together: Together | null;
  /**
   * The present values of these attributes; throws `notFound` when the account is gone, `rejected` when the product
   * keeps it out of reach (`facts.skips` says why).
   */
  readProfile(account: Account, attributes: readonly AttributeId[], call: Call): Promise<Profile>;
  /**
   * Writes the changes of one account, each only if the target still holds its `before`, and returns a result for each
   * of them whatever happens on the way; it never throws. What cut it short is in `ended`: what `readProfile` throws,
   * and `rejected` for an account that is inactive by now. A repeat reports what an earlier one wrote as `already`.
   */
  applyChanges(account: Account, changes: readonly Change[], call: Call): Promise<Written>;
  /** Ends the session at the product; called once at shutdown. */
  close(): Promise<void>;
};

/** What a target is opened with. */
export type TargetDeps = {
  readonly secret: ReadSecret;
};

/** How much a target may be asked for at once, and when full runs may write to it; null means at any hour. */
export type TargetLoad = { readonly inFlight: number; readonly writeHours: WriteHours | null };

/** What each target folder exports. `attributes` needs no connection, so that documents are validated offline. */
export type TargetDefinition<Settings> = {
  readonly kind: string;
  readonly settings: ZodType<Settings>;
  /** What accounts can be found by; a match by anything else is refused when the document is validated. */
  readonly matchesBy: readonly MatchBy[];
  readonly attributes: (settings: Settings) => TargetAttributes;
  readonly load: (settings: Settings) => TargetLoad;
  /**
   * What applying a plan sends while nothing has moved, no account is in doubt, and each write is answered within a second.
   */
  readonly requests: (settings: Settings) => CountRequests;
  readonly open: (settings: Settings, deps: TargetDeps) => Target;
};
