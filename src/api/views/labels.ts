import type { FastifyRequest } from 'fastify';
import type { Label } from '../../core/people/label.ts';
import type { SourceId } from '../../core/values.ts';
import { auditLook } from '../../ledger/access/audit.ts';
import { labelsOf } from '../../ledger/links/labels.ts';
import { usernamesOf } from '../../ledger/links/usernames.ts';
import type { Ledger } from '../../ledger/open.ts';
import type { Run } from '../../ledger/runs/runs.ts';

/** What a person of a page is called, and the name of their account; null where nobody knows or the token may not see it. */
export type Called = { readonly label: Label | null; readonly username: string | null };

type Row = { readonly person: SourceId; readonly target: string };

/** What the people of a page, and those whom its reasons are about (`names`), are called. */
export type PageNames = {
  readonly called: (one: Row) => Called;
  readonly names: Readonly<Record<SourceId, Label>>;
};

/** What the people of a page are called, for whoever may see values; the look is recorded. */
export const namesFor = async (
  ledger: Ledger,
  { who, may }: Pick<FastifyRequest, 'who' | 'may'>,
  run: Pick<Run, 'id' | 'connector'>,
  page: readonly Row[],
  others: readonly SourceId[] = [],
): Promise<PageNames> => {
  if (!may.includes('values') || page.length === 0) {
    return { called: () => ({ label: null, username: null }), names: {} };
  }
  await auditLook(ledger, { who, action: 'names.read', subject: run.id });
  return openNames(ledger, run.connector, page, others);
};

/** The same where whoever asks may see values by the route alone, and the look has been recorded. */
export const openNames = async (
  ledger: Ledger,
  connector: string,
  page: readonly Row[],
  others: readonly SourceId[] = [],
): Promise<PageNames> => {
  const labels = await labelsOf(
    ledger,
    connector,
    page.map(({ person }) => person),
  );
  const usernames = await usernamesOf(ledger, connector, page);
  return {
    called: (one) => ({ label: labels.get(one.person) ?? null, username: usernames(one) }),
    names: await namesOf(ledger, connector, others),
  };
};

/** What these people are called, by their ids; whoever asks may see values, and the look has been recorded. */
export const namesOf = async (
  ledger: Ledger,
  connector: string,
  people: readonly SourceId[],
): Promise<Readonly<Record<SourceId, Label>>> => Object.fromEntries(await labelsOf(ledger, connector, people));
