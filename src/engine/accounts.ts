import type { Call } from '../core/call.ts';
import type { MatchKey } from '../core/match.ts';
import { type ListedAccount, lastAccountPage, matchAccounts, storeAccountPage } from '../ledger/accounts.ts';
import type { Ledger } from '../ledger/open.ts';
import type { Run } from '../ledger/runs.ts';
import { countUnlinked, unlinkedUsers } from '../ledger/staging.ts';
import type { Account } from '../targets/target.ts';
import { accountText } from './account-text.ts';
import type { TargetPlace } from './connector.ts';
import { withSlots } from './lease.ts';

/**
 * Gives every candidate of a target its account: by link, else from the target's own listing (for one person: by
 * look-up), read only while somebody has no link. Goes on behind the last stored page of the listing.
 */
export const readAccounts = async (ledger: Ledger, at: TargetPlace, run: Run, call: Call): Promise<void> => {
  if ((await countUnlinked(ledger, run.id, at)) > 0) {
    const single = run.sourceId !== null;
    await withSlots(ledger, at, single, call, (_slots, leased) =>
      single ? lookUp(ledger, at, run, leased) : list(ledger, at, run, leased),
    );
  }
  await matchAccounts(ledger, run, at);
};

const list = async (ledger: Ledger, at: TargetPlace, run: Run, call: Call): Promise<void> => {
  let last = await lastAccountPage(ledger, run.id, at.id);
  while (last === null || last.cursor !== null) {
    const page = await at.target.target.accountsPage(last?.cursor ?? null, call);
    const pageNo: number = last === null ? 0 : last.pageNo + 1;
    await storeAccountPage(ledger, run.id, at.id, { pageNo, next: page.next, accounts: page.accounts.map(listed) });
    last = { pageNo, cursor: page.next };
  }
};

const lookUp = async (ledger: Ledger, at: TargetPlace, run: Run, call: Call): Promise<void> => {
  if ((await lastAccountPage(ledger, run.id, at.id)) !== null) return;
  const found: ListedAccount[] = [];
  for (const steps of await unlinkedUsers(ledger, run.id, at, 1)) {
    for (const step of steps) {
      for (const value of step.values.filter((text) => text.trim() !== '')) {
        const accounts = await at.target.target.findAccounts({ by: step.by, value }, call);
        found.push(...accounts.map((account) => ({ ...listed(account), keys: [{ by: step.by, value }] })));
      }
      if (found.length > 0) break;
    }
  }
  await storeAccountPage(ledger, run.id, at.id, { pageNo: 0, next: null, accounts: found });
};

const listed = (account: Account): ListedAccount => {
  const keys: MatchKey[] = [{ by: 'username', value: account.username }];
  if (account.email !== null && account.email !== '') keys.push({ by: 'email', value: account.email });
  return { key: account.key, text: accountText(account), keys };
};
