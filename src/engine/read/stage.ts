import type { SourceId, SourceUser } from '../../core/values.ts';
import { heldDigests } from '../../ledger/links/profiles.ts';
import type { Ledger } from '../../ledger/open.ts';
import type { NewStagedUser } from '../../ledger/plan/staging.ts';
import type { MappedPeople } from '../../ledger/reading/pages.ts';
import type { NewOutcome } from '../../ledger/runs/outcomes.ts';
import type { OpenConnector } from '../connector.ts';
import { linkBasis, profileDigest } from '../digest.ts';

/**
 * Maps the people of a page and compares with what the targets are known to hold. `positions` counts the candidates of
 * each target and is moved on. With `verify` nobody counts as unchanged here: the targets are read as well.
 */
export const workUsers = async (
  ledger: Ledger,
  connector: OpenConnector,
  users: readonly SourceUser[],
  readAt: Date,
  positions: Map<string, number>,
  verify: boolean,
): Promise<MappedPeople> => {
  const held = await heldDigests(
    ledger,
    connector.id,
    users.map((user) => user.id),
  );
  const staged: NewStagedUser[] = [];
  const outcomes: NewOutcome[] = [];
  const unchanged: Record<string, number> = {};
  for (const user of users) {
    for (const [target, evaluation] of await connector.mapping.evaluate(user)) {
      if (evaluation.kind !== 'mapped') {
        outcomes.push({ target, person: user.id, outcome: evaluation.kind, reason: evaluation.reason });
        continue;
      }
      const digest = profileDigest(ledger, linkBasis(ledger, connector, target), evaluation.desired, evaluation.match);
      if (!verify && isHeld(held, target, user.id, digest)) {
        unchanged[target] = (unchanged[target] ?? 0) + 1;
        continue;
      }
      const pos = positions.get(target) ?? 0;
      positions.set(target, pos + 1);
      const { desired, rows, match } = evaluation;
      staged.push({ target, pos, person: user.id, desired, rows, match, digest, readAt });
    }
  }
  return { staged, outcomes, unchanged };
};

const isHeld = (
  held: ReadonlyMap<string, ReadonlyMap<SourceId, Buffer>>,
  target: string,
  id: SourceId,
  digest: Buffer,
): boolean => held.get(target)?.get(id)?.equals(digest) ?? false;
