import { z } from 'zod';
import { Failure } from '../../../core/failure.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { addToken, listTokens, revokeToken } from '../../../ledger/access/tokens.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { AbilityWire, NewTokenWire, TokenListWire } from '../../schemas/tokens.ts';

const NewToken = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits, dots, hyphens and underscores, at most 64'),
  can: z.array(AbilityWire).min(1),
  days: z.int().min(1).max(3650).nullish().describe('how long it is valid; without it, until it is revoked'),
});

/** Creates, lists and revokes the tokens of this API, for tokens with the ability `tokens`. */
export const tokenRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/tokens',
    {
      config: { can: 'tokens' },
      schema: {
        operationId: 'listTokens',
        summary: 'The valid tokens, without their text',
        response: answers({ 200: TokenListWire }),
      },
    },
    async () => ({
      tokens: (await listTokens(ledger)).map((token) => ({
        ...token,
        can: [...token.can],
        createdAt: token.createdAt.toISOString(),
        expiresAt: token.expiresAt?.toISOString() ?? null,
        lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
      })),
    }),
  );

  app.post(
    '/api/tokens',
    {
      config: { can: 'tokens' },
      schema: {
        operationId: 'addToken',
        summary: 'Create a token',
        body: NewToken,
        response: answers({ 201: NewTokenWire }),
      },
    },
    async (request, reply) => {
      const { name, can, days = null } = request.body;
      const lacking = can.filter((one) => !request.may.includes(one));
      if (lacking.length > 0) {
        throw new Failure('forbidden', `The token '${request.who}' itself lacks ${lacking.join(', ')}.`, {
          remedy: 'A token can only pass on abilities it has: use one that has them.',
        });
      }
      const token = await addToken(ledger, { name, can, days, createdBy: request.who });
      await audit(ledger, { who: request.who, action: 'token.add', subject: name });
      return reply.code(201).header('cache-control', 'no-store').send({ name, can, token });
    },
  );

  app.delete(
    '/api/tokens/:name',
    {
      config: { can: 'tokens' },
      schema: {
        operationId: 'revokeToken',
        summary: 'Revoke a token',
        params: z.object({ name: z.string() }),
        response: answers({ 204: z.null() }),
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      if (!(await revokeToken(ledger, name))) throw new Failure('notFound', 'There is no valid token with that name.');
      await audit(ledger, { who: request.who, action: 'token.revoke', subject: name });
      return reply.code(204).send(null);
    },
  );
};
