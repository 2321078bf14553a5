import { isIntended } from '../../core/plan/doubt.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { KeptReason } from '../../core/report/kept.ts';
import type { SourceId } from '../../core/values.ts';
import { profilesOfAccount } from '../../ledger/links/profiles.ts';
import { openChangesAt } from '../../ledger/plan/doubts.ts';
import { hasForgotten, lastWrite, type WrittenValue } from '../../ledger/plan/last-write.ts';
import { keptOf } from '../../ledger/reading/kept.ts';
import { withOneSlot } from '../apply/lease.ts';
import { type Asking, targetAt } from '../work.ts';
import { theAccount } from './account-by-name.ts';

/** Where the current value in an account comes from. It holds values. */
export type ValueOrigin = {
  readonly account: string;
  readonly attribute: AttributeId;
  /** The current value at the target. */
  readonly value: string | null;
  /**
   * `written` by a run, `adopted` because a run found it equal, `foreign` if the connector did not overwrite somebody
   * else's value, `changedSince` if somebody else has changed the value since, `unknown` where no connector knows it;
   * `forgotten` where it is the connector's own, written or adopted by a run that is no longer kept.
   */
  readonly origin: 'written' | 'adopted' | 'foreign' | 'changedSince' | 'unknown' | 'forgotten';
  readonly connector: string | null;
  readonly person: SourceId | null;
  /** The last write of this attribute, with the run, the version of the document and the moment. */
  readonly write: WrittenValue | null;
  /** Why the mapping's own value is not there, as the last run of the person found; null if it may be. */
  readonly kept: KeptReason | null;
  /** The run that last looked at this account, and when its person was read at the source. */
  readonly lastSeen: { readonly run: string; readonly at: string } | null;
};

/** Says which run gave the current value in an account; writes nothing. */
export const whyValue = async (
  { ledger, connector, call }: Asking,
  asked: { readonly target: string; readonly account: string; readonly attribute: AttributeId },
): Promise<ValueOrigin> => {
  const target = targetAt({ ledger, connector, call }, asked.target);
  const { account, value } = await withOneSlot({ ledger, call }, target, async (leased) => {
    const found = await theAccount(target, asked.account, leased);
    const profile = await target.readProfile(found, [asked.attribute], leased);
    return { account: found, value: profile.get(asked.attribute) ?? null };
  });
  const profiles = await profilesOfAccount(ledger, asked.target, account.key);
  const profile = profiles.find(({ values }) => values.get(asked.attribute)?.ours === true) ?? profiles[0];
  const start = { account: account.username, attribute: asked.attribute, value };
  if (profile === undefined) {
    return { ...start, origin: 'unknown', connector: null, person: null, write: null, kept: null, lastSeen: null };
  }
  const { connector: owner, person, run, readAt } = profile;
  const known = profile.values.get(asked.attribute);
  const key = { connector: owner, target: asked.target, person, attribute: asked.attribute };
  const write = await lastWrite(ledger, key);
  const kept = await keptOf(ledger, key);
  const where = { connector: owner, target: asked.target, but: null };
  const open = (await openChangesAt(ledger, where, [account.key])).get(account.key) ?? [];
  const origin = isIntended(open, asked.attribute, value)
    ? 'written'
    : known === undefined
      ? 'unknown'
      : known.value !== value
        ? 'changedSince'
        : !known.ours
          ? 'foreign'
          : write?.value === value
            ? 'written'
            : write === null && (await hasForgotten(ledger, owner))
              ? 'forgotten'
              : 'adopted';
  const lastSeen = { run, at: readAt.toISOString() };
  return { ...start, origin, connector: owner, person, write, kept, lastSeen };
};
