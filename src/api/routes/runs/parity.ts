import { z } from 'zod';
import { listStandings } from '../../../ledger/plan/parity.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { ParityWire } from '../../schemas/parity.ts';
import { namedRun } from '../../views/run.ts';

/** Shows how the accounts that a run read compare with the directory. It holds ids and counts, no values. */
export const parityRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/runs/:id/parity',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getParity',
        summary: 'How what a run read at its targets, for the first time or in full, compares with the directory',
        params: z.object({ id: z.string() }),
        response: answers({ 200: ParityWire }),
      },
    },
    async (request) => {
      const { id } = await namedRun(ledger, request.params.id);
      const rows = new Map<string, ParityWire['attributes'][number]>();
      for (const { target, attribute, standing, people, examples } of await listStandings(ledger, id)) {
        const key = JSON.stringify([target, attribute]);
        const row = rows.get(key) ?? { target, attribute, ...nobody() };
        rows.set(key, { ...row, [standing]: { people, examples: [...examples] } });
      }
      return { run: id, attributes: [...rows.values()] };
    },
  );
};

const nobody = () => {
  const none = { people: 0, examples: [] };
  return { equal: none, alike: none, different: none, missing: none, extra: none };
};
