import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type FailureKind, framesOf, isFailure } from '../core/failure.ts';
import { partFlaw } from './part-flaw.ts';
import type { ProblemWire } from './schemas/problem.ts';

/** What a request can be refused for beside the failures of a run. */
export type ProblemKind = FailureKind | 'unauthenticated' | 'malformed' | 'misdirected' | 'keyReused' | 'internal';

const problems: Readonly<Record<ProblemKind, { status: number; title: string }>> = {
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  malformed: { status: 400, title: 'The request is malformed' },
  misdirected: { status: 421, title: 'This host name is not served here' },
  keyReused: { status: 422, title: 'The idempotency key was used for another request' },
  internal: { status: 500, title: 'Attune failed to answer' },
  config: { status: 422, title: 'The configuration does not allow this' },
  auth: { status: 502, title: 'A source or target refused its credentials' },
  forbidden: { status: 403, title: 'A permission is missing' },
  throttled: { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Something Attune depends on does not answer' },
  wrongShape: { status: 502, title: 'A source or target answered in an unknown form' },
  cursorExpired: { status: 502, title: 'A source no longer knows a position in a listing' },
  rejected: { status: 422, title: 'The request was refused' },
  notFound: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'The current state does not allow this' },
};

/** Answers with problem details (RFC 9457). `detail` says what to do and holds no personal value. */
export const sendProblem = (
  reply: FastifyReply,
  kind: ProblemKind,
  detail: string,
  more: { errors?: ProblemWire['errors']; status?: number } = {},
): FastifyReply => {
  const { title } = problems[kind];
  const status = more.status ?? problems[kind].status;
  if (kind === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="attune"');
  return reply
    .code(status)
    .type('application/problem+json')
    .send(problemText({ type: `urn:attune:problem:${kind}`, title, status, detail, kind, ...withErrors(more.errors) }));
};

const withErrors = (errors: ProblemWire['errors']) => (errors === undefined ? {} : { errors });

const problemText = (problem: ProblemWire): string => JSON.stringify(problem);

/**
 * Answers something that is not HTTP, or a request that never ends, on the bare connection: there is no reply object.
 */
export const answerBrokenRequest = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (socket.writable && error.code !== 'ECONNRESET') {
    const { status, words, detail } = brokenRequests[error.code ?? ''] ?? notHttp;
    const body = problemText({ type: 'urn:attune:problem:malformed', title: words, status, detail, kind: 'malformed' });
    const length = Buffer.byteLength(body);
    const head = `HTTP/1.1 ${status} ${words}\r\ncontent-type: application/problem+json\r\ncontent-length: ${length}`;
    socket.write(`${head}\r\nconnection: close\r\n\r\n${body}`);
  }
  socket.destroySoon();
};

const notHttp = { status: 400, words: 'Bad Request', detail: 'The request is not HTTP.' };

/** Node.js, "Event: clientError": the codes of requests that are too long or do not end. */
const brokenRequests: Readonly<Record<string, typeof notHttp>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, words: 'Request Timeout', detail: 'The request was not complete in time.' },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    words: 'Request Header Fields Too Large',
    detail: 'The address and headers are too long.',
  },
};

/** The answer to an address that cannot be read, before there is a route. */
export const answerBadAddress = (error: FastifyError, reply: FastifyReply): FastifyReply =>
  sendProblem(reply, 'malformed', requestFaults[error.code] ?? 'The address cannot be read.', {
    status: error.statusCode ?? 400,
  });

/** Turns whatever a route throws, and every unknown route, into problem details. */
export const answerProblems = (app: FastifyInstance): void => {
  app.addHook('preValidation', async ({ params, query, body }, reply) => {
    const errors = Object.entries({ params, query, body }).flatMap(([path, part]) => {
      const message = partFlaw(part);
      return message === null ? [] : [{ path, message }];
    });
    if (errors.length === 0) return;
    return sendProblem(reply, 'malformed', 'See errors for each part that is wrong.', { errors });
  });
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, 'notFound', 'There is nothing at this address: see /openapi.json.'),
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (isFailure(error)) {
      if (problems[error.kind].status >= 500) {
        request.log.warn(
          { route: request.routeOptions.url, kind: error.kind, error: error.sentence },
          'request refused',
        );
      }
      return sendProblem(reply, error.kind, error.sentence);
    }
    if (hasZodFastifySchemaValidationErrors(error)) {
      const where = error.validationContext ?? 'request';
      const errors = error.validation.map((one) => ({
        path: `${where}${one.instancePath.replaceAll('/', '.')}`,
        // zod repeats the name of an unknown key, and a client may have sent a value in its place.
        message: one.keyword === 'unrecognized_keys' ? 'has an unknown part' : (one.message ?? 'is not valid'),
      }));
      return sendProblem(reply, 'malformed', 'See errors for each part that is wrong.', { errors });
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      const detail = requestFaults[error.code] ?? 'The request cannot be read.';
      return sendProblem(reply, 'malformed', detail, { status: error.statusCode });
    }
    request.log.error({ route: request.routeOptions.url, error: traceOf(error) }, 'request failed');
    return sendProblem(reply, 'internal', 'The cause is in the log of the API.');
  });
};

/** Fastify: errors of reading a request. Its own messages are not passed on, because some repeat the input. */
const requestFaults: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'Send a JSON object, or no body and no content type.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON.',
  FST_ERR_BAD_URL: 'The address is not well formed.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is too long.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
};

/** An error without its message, which may repeat a value: its name, code and where it came from. */
const traceOf = (error: Error): object => ({
  name: error.name,
  code: 'code' in error ? error.code : undefined,
  stack: framesOf(error),
});
