import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type FailureKind, isFailure } from '../core/failure.ts';
import type { ProblemWire } from './schemas/problem.ts';

/** What a request can be refused for beside the failures of a run. */
export type ProblemKind = FailureKind | 'unauthenticated' | 'malformed' | 'keyReused' | 'internal';

const problems: Readonly<Record<ProblemKind, { status: number; title: string }>> = {
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  malformed: { status: 400, title: 'The request is malformed' },
  keyReused: { status: 422, title: 'The idempotency key was used for another request' },
  internal: { status: 500, title: 'Attune failed to answer' },
  config: { status: 422, title: 'The configuration does not allow this' },
  auth: { status: 502, title: 'A source or target refused its credentials' },
  forbidden: { status: 403, title: 'A right is missing' },
  throttled: { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Something Attune depends on does not answer' },
  wrongShape: { status: 502, title: 'A source or target answered in an unknown form' },
  cursorExpired: { status: 502, title: 'A source no longer knows the place of a listing' },
  rejected: { status: 422, title: 'The request was refused' },
  notFound: { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'The present state does not allow this' },
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
    .send(
      JSON.stringify({
        type: `urn:attune:problem:${kind}`,
        title,
        status,
        detail,
        kind,
        ...(more.errors === undefined ? {} : { errors: more.errors }),
      } satisfies ProblemWire),
    );
};

/** Turns whatever a route throws, and every unknown route, into problem details. */
export const answerProblems = (app: FastifyInstance): void => {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'notFound', 'No such address: see /openapi.json.'));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (isFailure(error)) return sendProblem(reply, error.kind, error.sentence);
    if (hasZodFastifySchemaValidationErrors(error)) {
      const where = error.validationContext ?? 'request';
      const errors = error.validation.map((one) => ({
        path: `${where}${one.instancePath.replaceAll('/', '.')}`,
        message: one.message ?? 'is not valid',
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
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
};

/** An error without its message, which may repeat a value: its name, code and where it came from. */
const traceOf = (error: Error): object => ({
  name: error.name,
  code: 'code' in error ? error.code : undefined,
  stack: error.stack?.split('\n').filter((line) => line.startsWith('    at ')),
});
