import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { unseal } from '../sealing/sealed.ts';
import { openAccount } from './accounts.ts';
import { type KnownProfile, knownOf } from './known-profile.ts';

/** What is remembered of a person at one target; `account` is the engine's text of the account. */
type RememberedAccount = {
  readonly target: string;
  readonly account: string;
  readonly values: KnownProfile;
};

/** What is remembered of these people, by person: the account last linked to and the values seen there. */
export const profilesOf = async (
  ledger: Ledger,
  connector: string,
  people: readonly SourceId[],
): Promise<ReadonlyMap<SourceId, readonly RememberedAccount[]>> => {
  type Row = { person: string; target: string; sealed: Buffer; digest: Buffer; values: Buffer | null };
  const { rows } = await sql<Row>`select person, target, account_sealed as sealed, account_digest as digest,
      values_sealed as "values" from profile
    where connector = ${connector} and person = any(${people}::text[]) and account_sealed is not null`.execute(
    ledger.db,
  );
  const found = new Map<SourceId, RememberedAccount[]>();
  for (const { person, target, values, ...account } of rows) {
    const known = knownOf(unseal(ledger, 'values', { target, person }, values));
    const one = { target, account: openAccount(ledger, target, account), values: known };
    found.set(person, [...(found.get(person) ?? []), one]);
  }
  return found;
};

/** Some people the ledger knows of a connector, from all over it: the same ones each time. */
export const scatteredPeople = async (
  ledger: Ledger,
  connector: string,
  most: number,
): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ person: string }>`select person from (select distinct person from profile
      where connector = ${connector} and left_at is null) known
    order by md5(person) limit ${most}`.execute(ledger.db);
  return rows.map(({ person }) => person);
};
