import type { ZodType } from 'zod';
import type { Call, CallKind } from '../core/call.ts';
import type { Failure } from '../core/failure.ts';

/**
 * One GET request, named by its route in messages. `params` fill the route; a `link` from the server replaces route,
 * params and query when the request is sent, and must have the origin of the party's base URL.
 */
export type HttpRequest = {
  readonly route: string;
  readonly kind: CallKind;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly link?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A request as messages name it. */
export type Sent = { readonly method: string; readonly route: string; readonly isLink: boolean };

/** What came back, whatever its status; a redirect is an answer, never followed. */
export type Answer<Request = Sent> = {
  readonly request: Request;
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
};

/** The wait a provider asks for in its own dialect; null when the answer asks for none. */
export type ThrottleOf = (answer: Answer, now: number) => { readonly waitMs: number } | null;

/** Gives the headers that sign a request in; `refused` are those the server has just answered 401 to. */
export type Authorize = (
  request: { readonly method: string; readonly url: URL },
  call: Call,
  refused: SignIn | null,
) => Promise<SignIn>;

type SignIn = Readonly<Record<string, string>>;

/** An answer with the address it was asked at. */
export type Seen = { readonly url: URL; readonly answer: Answer };

/** Told of every answer. */
export type Watch = (seen: Seen) => void;

/** How a party is spoken to. `party` names it in messages: "Entra ID", "Okta". */
export type HttpSettings = {
  readonly party: string;
  readonly baseUrl: string;
  readonly tls?: { readonly ca: { readonly file: string } } | undefined;
  readonly timeoutMs?: number;
  readonly authorize: Authorize;
  readonly throttleOf?: ThrottleOf;
  /** Sees every answer that came, with the address it was asked at. */
  readonly watch?: Watch | undefined;
  /** The failure an unwelcome status means in the provider's own error words. */
  readonly refusalOf: (answer: Answer) => Failure;
};

/** Reads JSON from one party. Every trouble ends as `Failure`; an abort by `call.signal` passes through. */
export type Http = {
  readonly party: string;
  readonly baseUrl: URL;
  /** The answer in the shape of `schema`, with its headers; any status but 200 is a refusal. */
  readonly get: <T>(request: HttpRequest, schema: ZodType<T>, call: Call) => Promise<JsonAnswer<T>>;
};

/** A parsed body and the answer it came in. */
export type JsonAnswer<T> = { readonly body: T; readonly answer: Answer };
