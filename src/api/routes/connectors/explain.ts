import { z } from 'zod';
import type { ConnectorSettings } from '../../../config/schema/document.ts';
import { Failure } from '../../../core/failure.ts';
import { auditLook } from '../../../ledger/access/audit.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { asObject } from '../../answer.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { sendProblem } from '../../problem.ts';
import { ExplanationWire } from '../../schemas/connectors.ts';
import { checkUnsaved, UnsavedMapping } from '../../unsaved-mapping.ts';
import { asErrors } from '../../views/connector.ts';
import { namesOf } from '../../views/labels.ts';
import { documentLimit } from './edit.ts';

const params = z.object({ id: z.string() });

/** An explanation as a worker gives it; what people are called is in the ledger. */
const Unnamed = ExplanationWire.omit({ label: true, names: true });
const User = z.string().trim().min(1).max(320).describe('one person, by source id, login or mail');

/** Shows what the mapping makes of a real person, without writing anything. */
export const explainRoutes = (app: Api, { ledger, config, starter }: ApiParts): void => {
  app.post(
    '/api/connectors/:id/explain',
    {
      config: { can: 'values' },
      bodyLimit: documentLimit,
      schema: {
        operationId: 'explainPerson',
        summary: 'What a run would do for one person and why, by the stored mapping or one not stored yet',
        params,
        body: z.strictObject({ user: User, mapping: UnsavedMapping.optional() }),
        response: answers({ 200: ExplanationWire }),
      },
    },
    async (request, reply) => {
      const { user, mapping } = request.body;
      const stored = await namedConnector(ledger, request.params.id);
      let unsaved: Pick<ConnectorSettings, 'scope' | 'to'> | null = null;
      if (mapping !== undefined) {
        if (!request.may.includes('configure')) {
          throw new Failure(
            'forbidden',
            "Explaining with a mapping that is not stored needs the ability 'configure', because it can read any attribute.",
            {
              remedy: 'Use a token made with --can configure, or leave out the mapping.',
            },
          );
        }
        const { connector, problems } = await checkUnsaved(config, stored, mapping);
        if (connector === null) {
          const detail = 'This mapping cannot be explained: see errors for each part that is wrong.';
          return sendProblem(reply, 'config', detail, { errors: asErrors(problems) });
        }
        unsaved = { scope: connector.scope, to: connector.to };
      }
      const about = { user, mapping: unsaved };
      const answer = await starter.ask({ question: 'explainUser', connector: stored.connector, about });
      const told = Unnamed.parse({ ...asObject(answer), unsaved: unsaved !== null });
      const subject = `${stored.connector}/${told.person}`;
      await auditLook(ledger, { who: request.who, action: 'person.explain', subject });
      const others = Object.values(told.targets).flatMap(({ facts }) => facts.people ?? []);
      const names = await namesOf(ledger, stored.connector, [told.person, ...others]);
      return { ...told, label: names[told.person] ?? null, names };
    },
  );
};
