import { z } from 'zod';
import { audit } from '../../../ledger/access/audit.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { NotifyTestWire } from '../../schemas/notify.ts';

/** Tries the receivers of a connector's notices. */
export const notifyRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.post(
    '/api/connectors/:id/notify/test',
    {
      config: { can: 'run' },
      schema: {
        operationId: 'testNotify',
        summary: 'Send a test notice to every receiver',
        params: z.object({ id: z.string() }),
        response: answers({ 200: NotifyTestWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const receivers = await starter.ask({ question: 'testNotify', connector, about: {} });
      await audit(ledger, { who: request.who, action: 'notify.test', subject: connector });
      return NotifyTestWire.parse({ receivers });
    },
  );
};
