import { z } from 'zod';
import { audit } from '../../../ledger/access/audit.ts';
import {
  endSession,
  makeLink,
  openSession,
  type Session,
  sessionOf,
  spendLink,
} from '../../../ledger/access/sessions.ts';
import { isOwnPage, refuseForeignPage, sessionCookie } from '../../auth.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { sendProblem } from '../../problem.ts';
import { SessionWire, SignInLinkWire } from '../../schemas/session.ts';

/** `Secure` holds on loopback too: browsers take plain http there as a safe origin. */
const cookie = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const;

const SignIn = z.union([
  z.strictObject({ token: z.string().min(1).max(512) }),
  z.strictObject({ code: z.string().min(1).max(512) }),
]);

/** Signs a browser in with a token or a one-time link, tells who is signed in, and signs out. */
export const sessionRoutes = (app: Api, { ledger, version, temporalUi }: ApiParts): void => {
  const told = ({ token, expiresAt }: Session): SessionWire => ({
    name: token.name,
    can: [...token.can],
    expiresAt: expiresAt.toISOString(),
    version,
    temporalUi,
  });

  app.post(
    '/api/session',
    {
      config: { can: 'open' },
      schema: {
        operationId: 'signIn',
        summary: 'Sign a browser in with a token, or with the code of a one-time link',
        body: SignIn,
        response: answers({ 201: SessionWire }),
      },
    },
    async (request, reply) => {
      if (!isOwnPage(request)) return refuseForeignPage(reply);
      const { body } = request;
      const secret = 'token' in body ? await openSession(ledger, body.token) : await spendLink(ledger, body.code);
      const session = secret === null ? null : await sessionOf(ledger, secret, true);
      if (secret === null || session === null) {
        return sendProblem(
          reply,
          'unauthenticated',
          'token' in body
            ? "This token is not valid: it may have been revoked. Create one with 'attune token add', or run 'attune console'."
            : "This link was already used or is older than a minute: run 'attune console' for a new one.",
        );
      }
      if (!session.token.can.includes('read')) {
        await endSession(ledger, secret);
        return sendProblem(
          reply,
          'forbidden',
          `The token '${session.token.name}' does not have the ability 'read': use one that does.`,
        );
      }
      await audit(ledger, { who: session.token.name, action: 'session.open', subject: 'console' });
      return reply.code(201).setCookie(sessionCookie, secret, cookie).send(told(session));
    },
  );

  app.get(
    '/api/session',
    {
      config: { can: 'read' },
      schema: { operationId: 'getSession', summary: 'Who is signed in', response: answers({ 200: SessionWire }) },
    },
    async (request, reply) => {
      const session = request.session === null ? null : await sessionOf(ledger, request.session, false);
      if (session === null)
        return sendProblem(reply, 'notFound', 'This request came with a token, not with a session.');
      return told(session);
    },
  );

  app.delete(
    '/api/session',
    {
      config: { can: 'read' },
      schema: { operationId: 'signOut', summary: 'Sign out', response: answers({ 204: z.null() }) },
    },
    async (request, reply) => {
      if (request.session !== null) await endSession(ledger, request.session);
      return reply.code(204).clearCookie(sessionCookie, cookie).send(null);
    },
  );

  app.post(
    '/api/session/links',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'makeSignInLink',
        summary: 'Create an address that signs in a browser once, within a minute, with this token',
        response: answers({ 201: SignInLinkWire }),
      },
    },
    async (request, reply) => {
      const { code, expiresAt } = await makeLink(ledger, request.who);
      // The code is in the fragment, which a browser never sends, so it is in no log.
      return reply.code(201).send({ url: `/login#${code}`, expiresAt: expiresAt.toISOString() });
    },
  );
};
