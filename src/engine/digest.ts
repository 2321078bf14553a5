import type { MatchStep } from '../core/match.ts';
import type { DesiredProfile } from '../core/profile.ts';
import type { Ledger } from '../ledger/open.ts';

/** The keyed digest of all that decides what a target should hold: a user whose digest is known costs no call there. */
export const profileDigest = (ledger: Ledger, desired: DesiredProfile, match: readonly MatchStep[]): Buffer =>
  ledger.keyring.digest(JSON.stringify(['profile', [...desired], match]));
