import { z } from 'zod';
import { mapValues } from '../../../core/map-values.ts';
import { auditLook } from '../../../ledger/access/audit.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { asObject } from '../../answer.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { sendProblem } from '../../problem.ts';
import { WhatIfWire } from '../../schemas/what-if.ts';
import { checkUnsaved, UnsavedMapping } from '../../unsaved-mapping.ts';
import { asErrors } from '../../views/connector.ts';
import { documentLimit } from './edit.ts';

/** Tells what a mapping not stored yet would make of everybody as last read; neither provider nor target is asked. */
export const whatIfRoutes = (app: Api, { ledger, config, starter }: ApiParts): void => {
  app.post(
    '/api/connectors/:id/what-if',
    {
      config: { can: 'configure' },
      bodyLimit: documentLimit,
      schema: {
        operationId: 'whatIf',
        summary:
          'What a mapping would make of everybody as last read, in counts and, with `values`, in kinds of change',
        params: z.object({ id: z.string() }),
        body: z.strictObject({ mapping: UnsavedMapping }),
        response: answers({ 200: WhatIfWire }),
      },
    },
    async (request, reply) => {
      const stored = await namedConnector(ledger, request.params.id);
      const { connector, problems } = await checkUnsaved(config, stored, request.body.mapping);
      if (connector === null) {
        const detail = 'This mapping cannot be tried: see errors for each part that is wrong.';
        return sendProblem(reply, 'config', detail, { errors: asErrors(problems) });
      }
      const mapping = { scope: connector.scope, to: connector.to };
      const answer = await starter.ask({ question: 'whatIf', connector: stored.connector, about: { mapping } });
      await auditLook(ledger, { who: request.who, action: 'connector.whatIf', subject: stored.connector });
      const told = WhatIfWire.parse(asObject(answer));
      return request.may.includes('values') ? told : withoutValues(told);
    },
  );
};

/** The same without what stands in accounts or would stand there. */
const withoutValues = (told: WhatIfWire): WhatIfWire => ({
  ...told,
  targets: mapValues(told.targets, (target) => ({
    ...target,
    attributes: target.attributes.map((one) => ({ ...one, kinds: null })),
  })),
});
