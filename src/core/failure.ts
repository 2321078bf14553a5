/** The closed list of ways a run can go wrong; each is told apart by what an admin has to do about it. */
export const failureKinds = [
  'config',
  'auth',
  'forbidden',
  'throttled',
  'unavailable',
  'wrongShape',
  'cursorExpired',
  'rejected',
  'notFound',
  'conflict',
] as const;
export type FailureKind = (typeof failureKinds)[number];

/** How far a failure reaches, and whether the same call may succeed later without anybody doing something. */
export type FailureReach = { readonly ends: 'user' | 'batch' | 'run'; readonly retry: boolean };

/** One row per kind: the only place that says what a kind means for user, batch and run. */
export const failureReach: Readonly<Record<FailureKind, FailureReach>> = {
  config: { ends: 'run', retry: false },
  auth: { ends: 'run', retry: false },
  forbidden: { ends: 'run', retry: false },
  throttled: { ends: 'batch', retry: true },
  unavailable: { ends: 'batch', retry: true },
  wrongShape: { ends: 'batch', retry: false },
  cursorExpired: { ends: 'batch', retry: false },
  rejected: { ends: 'user', retry: false },
  notFound: { ends: 'user', retry: false },
  conflict: { ends: 'run', retry: false },
};

/** Why a source's own settings exclude a person: they are disabled there, or of a kind that does not take part. */
export type LeftOutAs = 'disabled' | 'outOfScope';

/** Why a person is skipped at a target although nothing is wrong. */
export type SkipReason = 'inactive' | 'protected';

/**
 * Optional facts of a failure. `waitMs` is the wait the server asked for; `party` is the source, target or `ledger` concerned;
 * `skips` says that the person is skipped for this reason instead of failed; `leftOut` that the person is known and left
 * out by a setting of the source; `unsent` says that the request certainly was not
 * carried out (it never left, or was turned away).
 */
export type FailureFacts = {
  readonly waitMs?: number;
  readonly skips?: SkipReason;
  readonly leftOut?: LeftOutAs;
  readonly unsent?: true;
  readonly remedy?: string;
  readonly party?: string;
  readonly status?: number;
  readonly cause?: unknown;
};

/**
 * The one error type of Attune. Its message is a sentence for an admin; it never holds a personal value or a secret
 * (requests are named by method and route template, not by URL), because it reaches histories, logs and reports.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly facts: FailureFacts;

  constructor(kind: FailureKind, message: string, facts: FailureFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.facts = facts;
  }

  /** The message with its remedy, as one text for a person. */
  get sentence(): string {
    return this.facts.remedy === undefined ? this.message : `${this.message} ${this.facts.remedy}`;
  }
}

/** Whether a text names a kind of failure: kinds cross the wire and Temporal as texts. */
export const isFailureKind = (text: unknown): text is FailureKind =>
  typeof text === 'string' && Object.hasOwn(failureReach, text);

export const isFailure = (error: unknown): error is Failure => error instanceof Failure;

/** Where an error came from, line by line, without its message, which may repeat a value. */
export const framesOf = (error: unknown): readonly string[] =>
  error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')) : [];
