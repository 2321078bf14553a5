import { randomBytes } from 'node:crypto';
import type { SandboxResponse } from '../service.ts';

export const jsonHeaders = { 'content-type': 'application/json' };

const summaries = {
  E0000001: [400, 'Api validation failed'],
  E0000006: [403, 'You do not have permission to perform the requested action'],
  E0000007: [404, 'Not found: Resource not found'],
  E0000011: [401, 'Invalid token provided'],
  E0000022: [405, 'The endpoint does not support the provided HTTP method'],
  E0000031: [400, 'Invalid search criteria.'],
  E0000047: [429, 'API call exceeded rate limit due to too many requests.'],
} as const;

/** The codes of Okta's errors that the stand-in gives. */
export type ErrorCode = keyof typeof summaries;

/** The body of every Okta error (Okta: errors); only the code is a contract. */
export const oktaError = (code: ErrorCode, cause?: string, headers: Record<string, string> = {}): SandboxResponse => {
  const [status, errorSummary] = summaries[code];
  const errorCauses = cause === undefined ? [] : [{ errorSummary: cause }];
  const errorId = `oae${randomBytes(12).toString('base64url')}`;
  return {
    status,
    headers: { ...jsonHeaders, ...headers },
    body: JSON.stringify({ errorCode: code, errorSummary, errorLink: code, errorId, errorCauses }),
    note: { kind: 'other' },
  };
};

/** A refusal on the way to an answer. */
export class Refusal extends Error {
  readonly response: SandboxResponse;
  constructor(response: SandboxResponse) {
    super(`refused with ${response.status}`);
    this.response = response;
  }
}
