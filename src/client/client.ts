import type { z } from 'zod';
import { ProblemWire } from '../api/schemas/problem.ts';
import { Failure, type FailureKind, isFailureKind } from '../core/failure.ts';
import type { Access } from './access-file.ts';

/** Talks to the HTTP API in the name of a command; every answer is checked against its schema. */
export type Client = {
  readonly get: <T>(path: string, schema: z.ZodType<T>) => Promise<T>;
  readonly post: <T>(
    path: string,
    body: object | null,
    schema: z.ZodType<T>,
    headers?: Readonly<Record<string, string>>,
    /** How long the answer is waited for, in milliseconds; 30 seconds unless given. */
    waitMs?: number,
  ) => Promise<T>;
  readonly put: <T>(path: string, body: object, schema: z.ZodType<T>) => Promise<T>;
  readonly remove: (path: string) => Promise<void>;
  /** The raw text of an event stream as it arrives. */
  readonly stream: (path: string) => AsyncGenerator<string>;
};

const patienceMs = 30_000;

/** A client for this API. It uses Node's own fetch, so that a command starts without loading an HTTP library. */
export const createClient = ({ url, token }: Access): Client => {
  const send = async (
    method: string,
    path: string,
    body: object | null,
    signal: AbortSignal,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> => {
    const headers = new Headers({ ...more, authorization: `Bearer ${token}` });
    if (body !== null) headers.set('content-type', 'application/json');
    const init: RequestInit = { method, headers, signal, redirect: 'error' };
    const answer = await fetch(
      new URL(path, url),
      body === null ? init : { ...init, body: JSON.stringify(body) },
    ).catch((cause: unknown) => {
      throw new Failure('unavailable', `Attune does not answer at ${new URL(url).origin}.`, {
        remedy: "Start it with 'attune serve', or correct ATTUNE_URL.",
        cause,
      });
    });
    if (!answer.ok) throw await refusal(answer);
    return answer;
  };
  const parsed = async <T>(answer: Response, schema: z.ZodType<T>): Promise<T> => {
    const body = schema.safeParse(await answer.json().catch(() => undefined));
    if (body.success) return body.data;
    throw foreignAnswer(body.error);
  };
  const soon = (ms = patienceMs): AbortSignal => AbortSignal.timeout(ms);
  return {
    get: async (path, schema) => parsed(await send('GET', path, null, soon()), schema),
    post: async (path, body, schema, headers, waitMs) =>
      parsed(await send('POST', path, body, soon(waitMs), headers), schema),
    put: async (path, body, schema) => parsed(await send('PUT', path, body, soon()), schema),
    remove: async (path) => {
      await send('DELETE', path, null, soon());
    },
    stream: async function* (path) {
      const { body } = await send('GET', path, null, new AbortController().signal);
      if (body !== null) yield* body.pipeThrough(new TextDecoderStream());
    },
  };
};

/** RFC 9457: what the API says about a refusal becomes the failure the command ends with. */
const refusal = async (answer: Response): Promise<Failure> => {
  const problem = ProblemWire.safeParse(await answer.json().catch(() => undefined));
  if (!problem.success) return foreignAnswer(problem.error);
  const { kind, detail, errors = [] } = problem.data;
  if (kind === 'unauthenticated') {
    return new Failure('auth', 'Attune does not accept the token.', {
      status: answer.status,
      remedy: "It may be revoked, expired or mistyped: set ATTUNE_TOKEN to one made by 'attune token add'.",
    });
  }
  const parts = errors.map(({ path, message }) => `${path}: ${message}`);
  return new Failure(kindOf(kind), [detail, ...parts].join('\n  '), { status: answer.status });
};

const kindOf = (kind: string): FailureKind => {
  if (isFailureKind(kind)) return kind;
  if (kind === 'unauthenticated') return 'auth';
  return kind === 'internal' ? 'unavailable' : 'config';
};

const foreignAnswer = (cause: unknown): Failure =>
  new Failure('wrongShape', 'The answer did not come from the API of this Attune.', {
    remedy: 'Check ATTUNE_URL, and that client and server have the same version.',
    cause,
  });
