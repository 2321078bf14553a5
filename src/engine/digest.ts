import type { MatchStep } from '../core/people/match.ts';
import type { DesiredProfile } from '../core/profile.ts';
import type { Ledger } from '../ledger/open.ts';
import type { OpenConnector } from './open/connector.ts';

/** The keyed digest of the rules a target's accounts are found by. */
export const linkBasis = (ledger: Ledger, connector: OpenConnector, target: string): Buffer =>
  ledger.keyring.digest(`match rules:${connector.mapping.matchRules.get(target) ?? ''}`);

/** The same for many people: made once a target, not once a person. */
export const linkBases = (ledger: Ledger, connector: OpenConnector): ((target: string) => Buffer) => {
  const made = new Map<string, Buffer>();
  return (target) => {
    const basis = made.get(target) ?? linkBasis(ledger, connector, target);
    made.set(target, basis);
    return basis;
  };
};

/**
 * The keyed digest of everything that decides what a target should hold: a user whose digest is known costs no request
 * there.
 */
export const profileDigest = (
  ledger: Ledger,
  basis: Buffer,
  desired: DesiredProfile,
  match: readonly MatchStep[],
): Buffer => ledger.keyring.digest(JSON.stringify(['profile', basis.toString('hex'), [...desired], match]));
