import { sql } from 'kysely';
import type { AttributeId } from '../src/core/profile.ts';
import type { Ledger } from '../src/ledger/open.ts';
import { valueDigest } from '../src/ledger/plan/value-digest.ts';
import { seal } from '../src/ledger/sealing/sealed.ts';

const pageSize = 5_000;

/** Stores a plan that changes one attribute of very many people, and what each of them holds today. */
export const storeLargePlan = async (
  ledger: Ledger,
  run: { readonly id: string; readonly connector: string },
  { target, attribute, people }: { readonly target: string; readonly attribute: AttributeId; readonly people: number },
): Promise<void> => {
  for (let from = 0; from < people; from += pageSize) {
    const part = Array.from({ length: Math.min(pageSize, people - from) }, (_, n) => from + n);
    const value = (kind: 'before' | 'after', n: number): string =>
      kind === 'before' ? `Company ${n % 40}` : `Department ${n % 90}`;
    const sealed = (kind: 'before' | 'after') =>
      part.map((n) => seal(ledger, kind, { run: run.id, person: `id-${n}`, target, attribute }, value(kind, n)));
    const digests = (kind: 'before' | 'after') => part.map((n) => valueDigest(ledger, attribute, value(kind, n)));
    const held = part.map((n) =>
      seal(
        ledger,
        'values',
        { target, person: `id-${n}` },
        JSON.stringify([[attribute, { value: value('before', n), ours: true }]]),
      ),
    );
    const ids = part.map((n) => `id-${n}`);
    await sql`insert into change (run, target, person, attribute, pos, before_sealed, before_digest, after_sealed,
        after_digest, "foreign")
      select ${run.id}, ${target}, t.person, ${attribute}, t.pos, t.before, t.bd, t.after, t.ad, false
      from unnest(${ids}::text[], ${part}::integer[], ${sealed('before')}::bytea[], ${digests('before')}::bytea[],
        ${sealed('after')}::bytea[], ${digests('after')}::bytea[]) t(person, pos, before, bd, after, ad)`.execute(
      ledger.db,
    );
    await sql`insert into profile (connector, target, person, values_sealed, source_read_at, last_run)
      select ${run.connector}, ${target}, t.person, t.held, now(), ${run.id}
      from unnest(${ids}::text[], ${held}::bytea[]) t(person, held)`.execute(ledger.db);
  }
};
