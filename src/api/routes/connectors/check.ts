import { z } from 'zod';
import { Failure } from '../../../core/failure.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { asObject } from '../../answer.ts';
import { namedConnector } from '../../connector-view.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { ConnectorCheckWire } from '../../schemas/connectors.ts';

const Trial = z.strictObject({
  account: z.string().trim().min(1).max(320),
  target: z.string().nullable().default(null),
});

/** Looks at each thing a run of a connector needs. */
export const checkRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.post(
    '/api/connectors/:id/check',
    {
      config: { can: 'run' },
      schema: {
        operationId: 'checkConnector',
        summary: 'Look at each thing a run needs; with a write test also write to one account and put it back',
        params: z.object({ id: z.string() }),
        body: z.strictObject({ writeTest: Trial.optional() }).nullish(),
        response: answers({ 200: ConnectorCheckWire }),
      },
    },
    async (request) => {
      const { who, may, params, body } = request;
      const { connector } = await namedConnector(ledger, params.id);
      const trial = body?.writeTest ?? null;
      if (trial !== null && !may.includes('configure')) {
        throw new Failure(
          'forbidden',
          "A write test writes to an account of your choice: it needs the ability 'configure'.",
          {
            remedy: 'Use one made with --can configure, or leave the write test out.',
          },
        );
      }
      await audit(ledger, {
        who,
        action: trial === null ? 'connector.check' : 'connector.writeTest',
        subject: connector,
      });
      const answer = await starter.ask({ question: 'checkConnector', connector, about: { trial } });
      return ConnectorCheckWire.parse(asObject(answer));
    },
  );
};
