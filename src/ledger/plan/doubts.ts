import { sql } from 'kysely';
import type { OpenWrite } from '../../core/plan/doubt.ts';
import type { SourceId } from '../../core/values.ts';
import { accountDigest } from '../links/accounts.ts';
import type { Ledger } from '../open.ts';
import { unseal } from '../sealing/sealed.ts';

/** A stored change that a run began to write and nobody recorded. */
export type OpenChange = OpenWrite & { readonly run: string; readonly person: SourceId };

/**
 * What writes of a connector that were begun and never recorded may have put into these accounts, by the account's own
 * key. The values are those of the stored changes. A writer leaves its own claim out.
 */
export const openChangesAt = async (
  ledger: Ledger,
  { connector, target, but }: { readonly connector: string; readonly target: string; readonly but: string | null },
  accounts: readonly string[],
): Promise<ReadonlyMap<string, readonly OpenChange[]>> => {
  if (accounts.length === 0) return new Map();
  type Row = Omit<OpenChange, 'after'> & { account: string; after: Buffer | null };
  const { rows } =
    await sql<Row>`select distinct a.key as account, c.run, c.person, c.attribute, c.after_sealed as after
    from unnest(${accounts}::text[], ${accounts.map((key) => accountDigest(ledger, key))}::bytea[]) a(key, digest)
    join doubt d on d.target = ${target} and d.account_digest = a.digest and d.connector = ${connector}
      and (${but}::bigint is null or d.claim <> ${but})
    join change c on c.run = d.run and c.target = d.target and c.person = d.person`.execute(ledger.db);
  const all = new Map<string, OpenChange[]>();
  for (const { account, after, ...change } of rows) {
    const open = all.get(account) ?? [];
    const { run, person, attribute } = change;
    const value = unseal(ledger, 'after', { run, target, person, attribute }, after);
    all.set(account, [...open, { ...change, after: value }]);
  }
  return all;
};

/** Calls changes written whose value was found in an account in doubt; what is decided already stays as it is. */
export const noteFound = async (
  ledger: Ledger,
  target: string,
  found: readonly Pick<OpenChange, 'run' | 'person' | 'attribute'>[],
): Promise<void> => {
  if (found.length === 0) return;
  await sql`update change c set status = 'applied', reason = null, decided_at = now()
    from unnest(${found.map(({ run }) => run)}::text[], ${found.map(({ person }) => person)}::text[],
      ${found.map(({ attribute }) => attribute)}::text[]) t(run, person, attribute)
    where c.run = t.run and c.target = ${target} and c.person = t.person and c.attribute = t.attribute
      and c.status in ('planned', 'begun')`.execute(ledger.db);
};
