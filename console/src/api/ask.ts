import type { z } from 'zod';
import type { ProblemWire } from '../../../src/api/schemas/problem.ts';

export type Problem = z.infer<typeof ProblemWire>;

/** A refusal of the API with all it says about it, or the API not answering at all. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly problem: Problem;
  /** The ETag that came with the refusal: the version that stands, where a precondition failed. */
  readonly etag: string | null;

  constructor(problem: Problem, etag: string | null = null) {
    super(problem.title);
    this.problem = problem;
    this.etag = etag;
  }
}

/** An answer and the ETag it came with. */
export type Tagged<T> = { readonly body: T; readonly etag: string | null };

type Sent = { readonly body?: object; readonly headers?: Record<string, string>; readonly signal?: AbortSignal };

let signedOut: () => void = () => undefined;

/** Says what happens when the API no longer knows this browser's session. */
export const onSignedOut = (tell: () => void): void => {
  signedOut = tell;
};

/**
 * Asks the API this page came from. Its answers are checked against their schemas where they are made; their types are
 * those very schemas.
 */
export const ask = async <T>(method: string, path: string, sent: Sent = {}): Promise<Tagged<T>> => {
  const { body, headers = {}, signal } = sent;
  const answer = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new Refused(silent);
  });
  const etag = answer.headers.get('etag');
  if (answer.ok) return { body: answer.status === 204 ? (undefined as T) : await answer.json(), etag };
  const problem: Problem = await answer.json().catch(() => ({ ...silent, status: answer.status }));
  if (answer.status === 401 && path !== '/api/session') signedOut();
  throw new Refused(problem, etag);
};

/** The answer alone. */
export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await ask<T>('GET', path, signal === undefined ? {} : { signal })).body;

/** Sends something and gives the answer alone. */
export const post = async <T>(path: string, body: object = {}): Promise<T> =>
  (await ask<T>('POST', path, { body })).body;

const silent: Problem = {
  type: 'about:blank',
  title: 'Attune does not answer',
  status: 0,
  detail: 'Check that `attune serve` runs and that this address still leads to it; the page tries again automatically.',
  kind: 'unavailable',
};

/** A query of the parts that are given. */
export const query = (parts: Record<string, string | number | readonly string[] | undefined | null>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parts)) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
};
