import type { FastifyRequest } from 'fastify';
import type { Label } from '../core/label.ts';
import type { SourceId } from '../core/values.ts';
import { auditLook } from '../ledger/access/audit.ts';
import { labelsOf } from '../ledger/links/labels.ts';
import type { Ledger } from '../ledger/open.ts';
import type { Run } from '../ledger/runs/runs.ts';

/** What the people of a page are called, for whoever may see values; the look is recorded. */
export const labelsFor = async (
  ledger: Ledger,
  { who, may }: Pick<FastifyRequest, 'who' | 'may'>,
  run: Pick<Run, 'id' | 'connector'>,
  page: readonly { readonly person: SourceId }[],
): Promise<ReadonlyMap<SourceId, Label>> => {
  if (!may.includes('values') || page.length === 0) return new Map();
  await auditLook(ledger, { who, action: 'names.read', subject: run.id });
  return labelsOf(
    ledger,
    run.connector,
    page.map(({ person }) => person),
  );
};
