import type { Call } from '../core/call.ts';
import type { MatchKey } from '../core/match.ts';
import { type ListedAccount, lastAccountPage, matchAccounts, storeAccountPage } from '../ledger/links/accounts.ts';
import type { Ledger } from '../ledger/open.ts';
import { countUnlinked, unlinkedUsers, unlistedUsernames } from '../ledger/plan/staging.ts';
import type { Run } from '../ledger/runs/runs.ts';
import type { Account } from '../targets/target.ts';
import { accountText } from './account-text.ts';
import type { TargetPlace } from './connector.ts';
import { inParallel, withSlots } from './lease.ts';
import { steadily } from './steadily.ts';

/**
 * Gives every candidate of a target its account: by link, else from the target's own listing (for one person: by
 * look-up), read only while somebody has no link. Goes on behind the last stored page of the listing.
 */
export const readAccounts = async (ledger: Ledger, at: TargetPlace, run: Run, call: Call): Promise<void> => {
  if ((await countUnlinked(ledger, run.id, at)) > 0) {
    const single = run.person !== null;
    await withSlots(ledger, at, single, call, (slots, leased) =>
      single ? lookUp(ledger, at, run, leased) : list(ledger, at, run, slots, leased),
    );
  }
  await matchAccounts(ledger, run, at);
};

/** How far a listing has come: within the target's own, or among those whom it does not show, by their position. */
type Place = { readonly listing: string | null } | { readonly unlisted: number };

/** Goes on behind the last stored page, so that a wait the target asks for repeats nothing. */
const list = async (ledger: Ledger, at: TargetPlace, run: Run, slots: number, call: Call): Promise<void> => {
  let last = await lastAccountPage(ledger, run.id, at.id);
  while (last === null || last.cursor !== null) {
    const place: Place = last?.cursor == null ? { listing: null } : placeOf(last.cursor);
    const { accounts, next } =
      'listing' in place
        ? await listedPage(at, place.listing, call)
        : await unlistedPage(ledger, at, run, place.unlisted, slots, call);
    const pageNo: number = last === null ? 0 : last.pageNo + 1;
    const cursor = next === null ? null : JSON.stringify(next);
    await storeAccountPage(ledger, run.id, at.id, { pageNo, next: cursor, accounts });
    last = { pageNo, cursor };
  }
};

const placeOf = (cursor: string): Place => JSON.parse(cursor);

type Part = { readonly accounts: readonly ListedAccount[]; readonly next: Place | null };

const listedPage = async (at: TargetPlace, cursor: string | null, call: Call): Promise<Part> => {
  const page = await steadily(call, () => at.target.target.accountsPage(cursor, call));
  const end: Place | null = page.everybody ? null : { unlisted: 0 };
  return { accounts: page.accounts.map(listed), next: page.next === null ? end : { listing: page.next } };
};

/** How many people are asked for by name between two commits. */
const unlistedSize = 20;

/** Some of those who may have an account that the listing does not show, asked for by exact username. */
const unlistedPage = async (
  ledger: Ledger,
  at: TargetPlace,
  run: Run,
  from: number,
  slots: number,
  call: Call,
): Promise<Part> => {
  const people = await unlistedUsernames(ledger, run, at, from, unlistedSize);
  const accounts: ListedAccount[] = [];
  const values = people.flatMap(({ usernames }) => usernames);
  await inParallel(values, slots, async (value) => {
    const found = await steadily(call, () => at.target.target.findAccounts({ by: 'username', value }, call));
    accounts.push(...found.map(listed));
  });
  const last = people.at(-1);
  return { accounts, next: last === undefined || people.length < unlistedSize ? null : { unlisted: last.pos + 1 } };
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
