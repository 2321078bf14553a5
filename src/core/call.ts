/** What a request to the outside is for; the report counts HTTP requests sent by these kinds. */
export type CallKind = 'login' | 'listing' | 'read' | 'write';

/**
 * What every call to a source or target carries, so that an adapter needs neither Temporal nor its own clock. `signal`
 * ends the call; `deadline` (epoch ms) bounds short waits inside it: a wait that would exceed it becomes a `throttled`
 * failure instead. `count` is called once before each HTTP request is sent, retries included; the function it returns
 * is called with the status of the answer, null without one.
 */
export type Call = {
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly count: (kind: CallKind) => ((status: number | null) => void) | undefined;
};

/** How a request was answered: the class of its status, 429 by itself, `none` without an answer. */
export type AnswerClass = '2xx' | '3xx' | '4xx' | '429' | '5xx' | 'none';

/** The class of a status. */
export const answerClass = (status: number | null): AnswerClass => {
  if (status === null) return 'none';
  if (status === 429) return '429';
  return status < 300 ? '2xx' : status < 400 ? '3xx' : status < 500 ? '4xx' : '5xx';
};

/** Requests of one kind with one class of answer. */
export type RequestCount = { readonly kind: CallKind; readonly answer: AnswerClass; readonly requests: number };
