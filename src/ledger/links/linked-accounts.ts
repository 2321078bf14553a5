import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { openAccount } from './accounts.ts';

/** The accounts these people are linked to at a target, by hand or as last found: the engine's text of each. */
export const linkedAccounts = async (
  ledger: Ledger,
  { connector, target }: { readonly connector: string; readonly target: string },
  people: readonly SourceId[],
): Promise<ReadonlyMap<SourceId, string>> => {
  const { rows } = await sql<{ person: SourceId; digest: Buffer; sealed: Buffer }>`select a.person,
      coalesce(m.account_digest, p.account_digest) as digest, coalesce(m.account_sealed, p.account_sealed) as sealed
    from unnest(${people}::text[]) a(person)
    left join manual_link m on m.connector = ${connector} and m.target = ${target} and m.person = a.person
    left join profile p on p.connector = ${connector} and p.target = ${target} and p.person = a.person
      and p.left_at is null
    where coalesce(m.account_sealed, p.account_sealed) is not null`.execute(ledger.db);
  return new Map(rows.map(({ person, ...account }) => [person, openAccount(ledger, target, account)]));
};
