import { sql } from 'kysely';
import { z } from 'zod';
import { type Label, labelMeant } from '../../core/people/label.ts';
import type { SourceId } from '../../core/values.ts';
import { keptJson } from '../kept-json.ts';
import type { Ledger } from '../open.ts';
import { seal, unseal } from '../sealing/sealed.ts';

/** What somebody is called, sealed beside the id. */
export type NewLabel = { readonly person: SourceId; readonly label: Label };

const part = z.string().nullable();
const kept = keptJson<Label>('what a person is called', z.object({ name: part, login: part, mail: part }));

/** Remembers what people of the run's connector are called; a name that has not changed costs no write. */
export const storeLabels = async (ledger: Ledger, run: string, labels: readonly NewLabel[]): Promise<void> => {
  if (labels.length === 0) return;
  const texts = labels.map(({ label }) => kept.text(label));
  const sealed = labels.map(({ person, label }) => seal(ledger, 'label', { person }, kept.text(label)));
  await sql`insert into label (connector, person, label_sealed, digest)
    select r.connector, t.person, t.sealed, t.digest from run r,
      unnest(${labels.map(({ person }) => person)}::text[], ${sealed}::bytea[],
        ${texts.map((text) => ledger.keyring.digest(`label:${text}`))}::bytea[]) t (person, sealed, digest)
    where r.id = ${run}
    on conflict (connector, person) do update set label_sealed = excluded.label_sealed, digest = excluded.digest
      where label.digest <> excluded.digest`.execute(ledger.db);
};

/** What these people are called, as far as a run has met them. */
export const labelsOf = async (
  ledger: Ledger,
  connector: string,
  people: readonly SourceId[],
): Promise<ReadonlyMap<SourceId, Label>> => {
  if (people.length === 0) return new Map();
  const { rows } = await sql<{ person: string; sealed: Buffer }>`select person, label_sealed as sealed from label
    where connector = ${connector} and person = any(${[...new Set(people)]}::text[])`.execute(ledger.db);
  return new Map(rows.map(({ person, sealed }) => [person, kept.read(unseal(ledger, 'label', { person }, sealed))]));
};

/** Somebody found by name, login or mail. */
export type FoundPerson = { readonly person: SourceId; readonly label: Label };

/** How many names are opened between two looks at the clock, so that nobody else waits long for the process. */
const atATime = 2_000;

/**
 * People of a connector who match a search text, in the order of their ids, after `after`. The names are sealed, so
 * they are opened one by one: the search ends after `withinMs` or `limit` hits, and `last` says where to continue; null
 * if everybody was searched.
 */
export const searchLabels = async (
  ledger: Ledger,
  connector: string,
  typed: string,
  page: { readonly after: SourceId | null; readonly limit: number; readonly withinMs: number },
): Promise<{ readonly people: readonly FoundPerson[]; readonly last: SourceId | null }> => {
  const meant = labelMeant(typed);
  const since = performance.now();
  const people: FoundPerson[] = [];
  for (let after = page.after ?? ''; ; ) {
    const { rows } = await sql<{ person: string; sealed: Buffer }>`select person, label_sealed as sealed from label
      where connector = ${connector} and person > ${after} order by person limit ${atATime}`.execute(ledger.db);
    for (const { person, sealed } of rows) {
      after = person;
      const label = kept.read(unseal(ledger, 'label', { person }, sealed));
      if (!meant(label) && person !== typed.trim()) continue;
      people.push({ person, label });
      if (people.length === page.limit) return { people, last: person };
    }
    if (rows.length < atATime) return { people, last: null };
    if (performance.now() - since > page.withinMs) return { people, last: after };
  }
};
