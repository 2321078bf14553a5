import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CheckLine } from '../../../core/check-line.ts';
import { Failure } from '../../../core/failure.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { storeCheck } from '../../../ledger/connection-checks.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { asObject } from '../../answer.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { AssumptionsWire, ConnectorCheckWire } from '../../schemas/connectors.ts';

const Trial = z.strictObject({
  account: z.string().trim().min(1).max(320),
  target: z.string().nullable().default(null),
});

const body = z.strictObject({ writeTest: Trial.optional() }).nullish();
const params = z.object({ id: z.string() });

/** Looks at each thing a run of a connector needs, or at each thing Attune relies on. */
export const checkRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  const ask = async ({ who, may, params: { id }, body: asked }: Asked, assumptions: boolean): Promise<object> => {
    const { connector } = await namedConnector(ledger, id);
    const trial = asked?.writeTest ?? null;
    if (trial !== null && !may.includes('configure')) throw needsConfigure();
    await audit(ledger, {
      who,
      action: trial === null ? 'connector.check' : 'connector.writeTest',
      subject: connector,
    });
    return asObject(await starter.ask({ question: 'checkConnector', connector, about: { trial, assumptions } }));
  };
  app.post(
    '/api/connectors/:id/check',
    {
      config: { can: 'run' },
      schema: {
        operationId: 'checkConnector',
        summary: 'Test everything a run needs; with a write test, also write to one account and restore it',
        params,
        body,
        response: answers({ 200: ConnectorCheckWire }),
      },
    },
    async (request) => {
      const checked = ConnectorCheckWire.parse(await ask(request, false));
      const {
        who,
        params: { id: connector },
      } = request;
      for (const [party, lines] of [['source', checked.source] as const, ...Object.entries(checked.targets)]) {
        await storeCheck(ledger, { connector, party, who, lines: lines.map(plainLine) });
      }
      return checked;
    },
  );
  app.post(
    '/api/connectors/:id/assumptions',
    {
      config: { can: 'run' },
      schema: {
        operationId: 'checkAssumptions',
        summary:
          'Test everything Attune relies on at the source and each target, with masked evidence; writes only with a write test',
        params,
        body,
        response: answers({ 200: AssumptionsWire }),
      },
    },
    async (request) => AssumptionsWire.parse(await ask(request, true)),
  );
};

type Asked = Pick<FastifyRequest, 'who' | 'may'> & {
  readonly params: z.infer<typeof params>;
  readonly body?: z.infer<typeof body>;
};

const plainLine = ({ remedy, ...line }: ConnectorCheckWire['source'][number]): CheckLine =>
  remedy === undefined ? line : { ...line, remedy };

const needsConfigure = (): Failure =>
  new Failure('forbidden', "A write test writes to an account of your choice: it needs the ability 'configure'.", {
    remedy: 'Use a token made with --can configure, or leave out the write test.',
  });
