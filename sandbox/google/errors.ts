import type { SandboxResponse } from '../service.ts';

export const jsonHeaders = { 'content-type': 'application/json; charset=UTF-8' };

/** The body of every error; `reason` is what a client branches on (Directory API: error codes). */
export const googleError = (code: number, reason: string, message: string): SandboxResponse => ({
  status: code,
  headers: jsonHeaders,
  body: JSON.stringify({
    error: {
      code,
      message,
      errors: [{ message, domain: reason.endsWith('Exceeded') ? 'usageLimits' : 'global', reason }],
    },
  }),
  note: { kind: 'other' },
});

/** The answer to a key that nothing has. */
export const notFound = (what: string): SandboxResponse => googleError(404, 'notFound', `Resource Not Found: ${what}`);

/** A refusal on the way to an answer. */
export class Refusal extends Error {
  readonly response: SandboxResponse;
  constructor(response: SandboxResponse) {
    super(`refused with ${response.status}`);
    this.response = response;
  }
}
