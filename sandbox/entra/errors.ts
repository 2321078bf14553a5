import { randomUUID } from 'node:crypto';
import type { SandboxResponse } from '../service.ts';

/** Graph answers everything, errors too, with this content type. */
export const jsonHeaders = {
  'content-type': 'application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8',
};

/** A Graph error body (Graph: error responses). */
export const graphError = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): SandboxResponse => ({
  status,
  headers: { ...jsonHeaders, ...headers },
  body: JSON.stringify({
    error: {
      code,
      message,
      innerError: { date: new Date().toISOString(), 'request-id': randomUUID(), 'client-request-id': randomUUID() },
    },
  }),
  note: { kind: 'other' },
});

/** The token endpoint's error body (Microsoft identity platform). */
export const tokenError = (status: number, error: string, code: number, message: string): SandboxResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify({
    error,
    error_description: `AADSTS${code}: ${message}`,
    error_codes: [code],
    timestamp: new Date().toISOString(),
    trace_id: randomUUID(),
    correlation_id: randomUUID(),
  }),
  note: { kind: 'login' },
});

/** A request Graph refuses for what it asks. */
export const badRequest = (message: string) => graphError(400, 'Request_BadRequest', message);

/** A query that needs the advanced-query header and count (Graph: advanced queries). */
export const unsupportedQuery = (message: string) => graphError(400, 'Request_UnsupportedQuery', message);

/** Thrown inside the reading of a query; the stand-in answers with it. */
export class Refusal extends Error {
  readonly response: SandboxResponse;
  constructor(response: SandboxResponse) {
    super('refused');
    this.response = response;
  }
}
