import type { FastifyRequest } from 'fastify';
import type { Label } from '../core/label.ts';
import type { SourceId } from '../core/values.ts';
import { auditLook } from '../ledger/access/audit.ts';
import { labelsOf } from '../ledger/links/labels.ts';
import type { Ledger } from '../ledger/open.ts';
import type { Run } from '../ledger/runs/runs.ts';

/** The rows of a page, each with what its person is called where that is known. */
export const withLabels = <Row extends { readonly person: SourceId }>(
  labels: ReadonlyMap<SourceId, Label>,
  page: readonly Row[],
): (Row & { readonly label: Label | null })[] => page.map((row) => ({ ...row, label: labels.get(row.person) ?? null }));

/** What the people of a page are called, for whoever may look at values; the look itself is recorded by the caller. */
export const labelsOfPage = (
  ledger: Ledger,
  { connector }: Pick<Run, 'connector'>,
  page: readonly { readonly person: SourceId }[],
): Promise<ReadonlyMap<SourceId, Label>> =>
  labelsOf(
    ledger,
    connector,
    page.map(({ person }) => person),
  );

/** What the people of a page are called, for whoever may see values; the look is recorded. */
export const labelsFor = async (
  ledger: Ledger,
  { who, may }: Pick<FastifyRequest, 'who' | 'may'>,
  run: Pick<Run, 'id' | 'connector'>,
  page: readonly { readonly person: SourceId }[],
): Promise<ReadonlyMap<SourceId, Label>> => {
  if (!may.includes('values') || page.length === 0) return new Map();
  await auditLook(ledger, { who, action: 'names.read', subject: run.id });
  return labelsOfPage(ledger, run, page);
};
