import { z } from 'zod';
import { Failure } from '../../../core/failure.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { unlinkByHand } from '../../../ledger/links/manual-links.ts';
import { asObject } from '../../answer.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { LinkWire } from '../../schemas/connectors.ts';

const params = z.object({ id: z.string() });
const Key = z.string().trim().min(1).max(320);

/** Links people to accounts by hand, and takes such links back. */
export const linkRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.post(
    '/api/connectors/:id/links',
    {
      config: { can: 'configure' },
      schema: {
        operationId: 'linkPerson',
        summary: 'Link a person to an account by hand',
        params,
        body: z.strictObject({ user: Key, target: z.string(), account: Key }),
        response: answers({ 200: LinkWire }),
      },
    },
    async (request) => {
      const { who } = request;
      const { connector } = await namedConnector(ledger, request.params.id);
      const about = { ...request.body, by: who };
      const link = LinkWire.parse(asObject(await starter.ask({ question: 'linkUser', connector, about })));
      await audit(ledger, {
        who,
        action: 'person.link',
        subject: `${connector}/${request.body.target}/${link.person}`,
      });
      return link;
    },
  );

  app.post(
    '/api/connectors/:id/links/remove',
    {
      config: { can: 'configure' },
      schema: {
        operationId: 'unlinkPerson',
        summary: 'Remove a link made by hand',
        params,
        body: z.strictObject({ user: Key, target: z.string() }),
        response: answers({ 200: LinkWire.pick({ person: true }) }),
      },
    },
    async (request) => {
      const { who } = request;
      const { user, target } = request.body;
      const { connector } = await namedConnector(ledger, request.params.id);
      const person = await starter.findUser({ connector, key: user });
      if (!(await unlinkByHand(ledger, { connector, target, person }))) {
        throw new Failure('notFound', 'This person has no link made by hand at this target.');
      }
      await audit(ledger, { who, action: 'person.unlink', subject: `${connector}/${target}/${person}` });
      return { person };
    },
  );
};
