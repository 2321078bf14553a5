import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import { profileOfAccount } from '../../ledger/links/profiles.ts';
import type { Ledger } from '../../ledger/open.ts';
import { lastWrite, type WrittenValue } from '../../ledger/plan/last-write.ts';
import type { OpenConnector, TargetPlace } from '../connector.ts';
import { withSlots } from '../lease.ts';
import { theAccount } from './account-by-name.ts';

/** Where the value that stands in an account now comes from. It holds values. */
export type ValueOrigin = {
  readonly account: string;
  readonly attribute: AttributeId;
  /** What stands at the target now. */
  readonly value: string | null;
  /**
   * `written` by a run, `adopted` because a run found it equal, `foreign` where the connector left another's value
   * alone, `changedSince` where somebody else has put another value since, `unknown` where no connector knows it.
   */
  readonly origin: 'written' | 'adopted' | 'foreign' | 'changedSince' | 'unknown';
  readonly connector: string | null;
  readonly person: SourceId | null;
  /** The last write of this attribute, with the run, the version of the document and the moment. */
  readonly write: WrittenValue | null;
  /** The run that last looked at this account, and when its person was read at the source. */
  readonly lastSeen: { readonly run: string; readonly at: string } | null;
};

/** Says which run gave the value that stands in an account now; nothing is written. */
export const whyValue = async (
  ledger: Ledger,
  connector: OpenConnector,
  asked: { readonly target: string; readonly account: string; readonly attribute: AttributeId },
  call: Call,
): Promise<ValueOrigin> => {
  const target = connector.targets.get(asked.target);
  if (target === undefined) throw new Failure('config', `The connector ${connector.id} has no target ${asked.target}.`);
  const at: Pick<TargetPlace, 'id' | 'target'> = { id: asked.target, target };
  const { account, value } = await withSlots(ledger, at, true, call, async (_slots, leased) => {
    const found = await theAccount(at, asked.account, leased);
    const profile = await target.target.readProfile(found, [asked.attribute], leased);
    return { account: found, value: profile.get(asked.attribute) ?? null };
  });
  const profile = await profileOfAccount(ledger, asked.target, account.key);
  const start = { account: account.username, attribute: asked.attribute, value };
  if (profile === null) {
    return { ...start, origin: 'unknown', connector: null, person: null, write: null, lastSeen: null };
  }
  const { connector: owner, person, run, readAt } = profile;
  const known = profile.values.get(asked.attribute);
  const place = { connector: owner, target: asked.target, person, attribute: asked.attribute };
  const write = await lastWrite(ledger, place);
  const origin =
    known === undefined
      ? 'unknown'
      : known.value !== value
        ? 'changedSince'
        : !known.ours
          ? 'foreign'
          : write?.value === value
            ? 'written'
            : 'adopted';
  const lastSeen = { run, at: readAt.toISOString() };
  return { ...start, origin, connector: owner, person, write, lastSeen };
};
