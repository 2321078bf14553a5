import { sql } from 'kysely';
import { z } from 'zod';
import type { SourceId } from '../../core/values.ts';
import { keptJson } from '../kept-json.ts';
import type { Ledger } from '../open.ts';
import { openAccount } from './accounts.ts';

/** One person at one target. */
type At = { readonly target: string; readonly person: SourceId };

const named = keptJson<{ readonly username: string }>('an account', z.object({ username: z.string() }));

/** The username of the account each of these is linked to, by hand before all, as it was when the link was last kept. */
export const usernamesOf = async (
  ledger: Ledger,
  connector: string,
  people: readonly At[],
): Promise<(at: At) => string | null> => {
  const found = new Map<string, string>();
  if (people.length > 0) {
    const { rows } = await sql<At & { sealed: Buffer; digest: Buffer }>`
      select distinct on (l.target, l.person) l.target, l.person, l.account_sealed as sealed, l.account_digest as digest
      from (select connector, target, person, account_sealed, account_digest, 1 as rank from manual_link
        union all select connector, target, person, account_sealed, account_digest, 2 from profile) l
        join unnest(${people.map(({ target }) => target)}::text[], ${people.map(({ person }) => person)}::text[])
          t (target, person) on t.target = l.target and t.person = l.person
      where l.connector = ${connector} and l.account_sealed is not null
      order by l.target, l.person, l.rank`.execute(ledger.db);
    for (const { target, person, sealed, digest } of rows)
      found.set(keyOf({ target, person }), named.read(openAccount(ledger, target, { digest, sealed })).username);
  }
  return (at) => found.get(keyOf(at)) ?? null;
};

const keyOf = ({ target, person }: At): string => JSON.stringify([target, person]);
