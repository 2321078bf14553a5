import { z } from 'zod';
import { Failure } from '../../../core/failure.ts';
import { auditLook } from '../../../ledger/access/audit.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { asObject } from '../../answer.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { SampleWire } from '../../schemas/sample.ts';

/** Gives real people to try a mapping on, once: their attributes and what the ledger remembers of their accounts. */
export const sampleRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.post(
    '/api/connectors/:id/sample',
    {
      config: { can: 'values' },
      schema: {
        operationId: 'samplePeople',
        summary: 'Real people from all over the directory, with all that a mapping may read of them',
        params: z.object({ id: z.string() }),
        body: z.strictObject({
          size: z.int().min(1).max(200).default(200),
          include: z
            .array(z.string().min(1).max(320))
            .max(20)
            .default([])
            .describe('people to include in any case, by id'),
          also: z
            .array(z.string().min(1).max(320))
            .max(50)
            .default([])
            .describe('paths to read in addition to those offered'),
        }),
        response: answers({ 200: SampleWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      if (!request.may.includes('configure')) {
        throw new Failure(
          'forbidden',
          "A sample contains every attribute, but this token lacks the ability 'configure'.",
          {
            remedy: 'Use a token made with --can values,configure.',
          },
        );
      }
      await auditLook(ledger, { who: request.who, action: 'people.sample', subject: connector });
      return SampleWire.parse(
        asObject(await starter.ask({ question: 'samplePeople', connector, about: request.body })),
      );
    },
  );
};
