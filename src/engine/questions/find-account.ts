import type { Call } from '../../core/call.ts';
import { contestEnd, type MatchBy, type MatchStep, matchEnd } from '../../core/people/match.ts';
import type { Reason } from '../../core/report/reasons.ts';
import type { SourceId } from '../../core/values.ts';
import { linkOf, otherClaimants } from '../../ledger/links/links.ts';
import type { Ledger } from '../../ledger/open.ts';
import type { Account } from '../../targets/target.ts';
import { accountOf } from '../account-text.ts';
import type { TargetAtRun } from '../open/connector.ts';

/** One look for the person's account. */
export type Attempt = { readonly by: MatchBy; readonly value: string; readonly hits: readonly string[] };

/** The account of one person, or the end of whom there is none for; with every look for it. */
export type Found = { readonly attempts: readonly Attempt[] } & (
  | { readonly account: Account; readonly by: 'byHand' | 'remembered' | 'match' }
  | { readonly account: null; readonly outcome: 'unmatched' | 'ambiguous'; readonly why: Reason }
);

/** Looks for the account as a run of one person would; `matchEnd` decides the result. */
export const findAccount = async (
  ledger: Ledger,
  target: TargetAtRun,
  { connector, person }: { readonly connector: string; readonly person: SourceId },
  match: readonly MatchStep[],
  call: Call,
): Promise<Found> => {
  const linked = { connector, target, person };
  const link = await linkOf(ledger, linked);
  const known = new Map<string, Account>();
  const today = link === null ? null : await asToday(target, accountOf(link.account), call);
  if (today !== null) known.set(today.account.key, today.account);
  const looks = link === null || (link.by === 'remembered' && today?.gone === true);
  const { attempts, hits } = looks ? await lookFor(target, match, call) : { attempts: [], hits: [] };
  for (const hit of hits) known.set(hit.key, hit);
  const end = matchEnd({
    byHand: link?.by === 'byHand' ? (today?.account.key ?? null) : null,
    remembered: link?.by === 'remembered' && today !== null ? { account: today.account.key, gone: today.gone } : null,
    hits: hits.map(({ key }) => key),
    hasKey: match.some(({ values }) => values.length > 0),
  });
  const account = end.account === null ? undefined : known.get(end.account);
  if (end.account === null || account === undefined) {
    const { outcome, reason } = end.account === null ? end : noAccount;
    return { attempts, account: null, outcome, why: { reason } };
  }
  const contest = contestEnd(end.by, await otherClaimants(ledger, linked, end.account));
  if (contest === null) return { attempts, account, by: end.by };
  const { outcome, ...why } = contest;
  return { attempts, account: null, outcome, why };
};

const noAccount = { outcome: 'unmatched', reason: 'noAccount' } as const;

/** All hits of the first match step that has any. */
const lookFor = async (
  target: TargetAtRun,
  match: readonly MatchStep[],
  call: Call,
): Promise<{ readonly attempts: readonly Attempt[]; readonly hits: readonly Account[] }> => {
  const attempts: Attempt[] = [];
  const hits: Account[] = [];
  for (const { by, values } of match) {
    for (const value of values) {
      const found = await target.findAccounts({ by, value }, call);
      attempts.push({ by, value, hits: found.map(({ username }) => username) });
      hits.push(...found);
    }
    if (hits.length > 0) break;
  }
  return { attempts, hits };
};

/** A linked account as the target shows it under its name today; `gone` where that name does not lead to it any more. */
const asToday = async (
  target: TargetAtRun,
  account: Account,
  call: Call,
): Promise<{ readonly account: Account; readonly gone: boolean }> => {
  const found = await target.findAccounts({ by: 'username', value: account.username }, call);
  const same = found.find(({ key }) => key === account.key);
  return { account: same ?? account, gone: same === undefined };
};
