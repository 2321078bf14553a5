import type { CookieJar } from 'tough-cookie';
import type { Call, CallKind } from '../../core/call.ts';
import type { Answer } from '../../http/http.ts';

/** One HTTP request to a product, named by its route; `form` and `json` exclude each other. */
export type ProductRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly route: string;
  readonly kind: CallKind;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A 403 is about the account asked for, and the caller's to judge, instead of a right that is missing at all. */
  readonly refusable?: boolean;
  /** A limited rate is told at once instead of waited out. */
  readonly once?: boolean;
};

/** What a product answers. */
export type ProductAnswer = Answer<ProductRequest>;

/**
 * Sends one request with the cookies of one session. Network trouble, 429 and 5xx end as `Failure`; every other
 * answer is given back to be judged.
 */
export type Connection = {
  readonly party: string;
  readonly baseUrl: URL;
  readonly send: (request: ProductRequest, cookies: CookieJar, call: Call) => Promise<ProductAnswer>;
};
