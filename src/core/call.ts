/** What a request to the outside is for; the report counts HTTP requests sent by these kinds. */
export type CallKind = 'login' | 'listing' | 'read' | 'write';

/**
 * What every call to a source or target carries, so that an adapter needs neither Temporal nor a clock of its own.
 * `signal` ends the call; `deadline` (epoch ms) bounds short waits inside it: a wait that would pass it becomes a
 * `throttled` failure instead. `count` is called once for each HTTP request sent, retries included.
 */
export type Call = {
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly count: (kind: CallKind) => void;
};
