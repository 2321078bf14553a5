import { z } from 'zod';
import { namedConnector } from '../../../ledger/connectors.ts';
import { heldChangesOf } from '../../../ledger/plan/held-changes.ts';

import { type Api, type ApiParts, answers } from '../../parts.ts';
import { HeldChangesWire } from '../../schemas/plans.ts';

/** Tells what held plans hold for one person, before a run of that person writes it all the same. */
export const heldChangeRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.get(
    '/api/connectors/:id/held-changes',
    {
      config: { can: 'run' },
      schema: {
        operationId: 'listHeldChanges',
        summary: 'What plans that await a decision hold for one person, by target and attribute',
        params: z.object({ id: z.string() }),
        querystring: z.strictObject({
          user: z.string().trim().min(1).max(320).describe('one person, by source id, login or mail'),
        }),
        response: answers({ 200: HeldChangesWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const person = await starter.findUser({ connector, key: request.query.user });
      return { person, changes: await heldChangesOf(ledger, connector, person) };
    },
  );
};
