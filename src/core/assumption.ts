import type { Call } from './call.ts';
import { type Failure, isFailure } from './failure.ts';

/**
 * One thing Attune relies on at a product, by its id on the connector's page. `notSeen` says that this could not be
 * tested: its conditions were not met, or it depends on another assumption that failed. It holds no personal value.
 */
export type AssumptionLine = {
  readonly id: string;
  readonly what: string;
  readonly state: 'holds' | 'doesNot' | 'notSeen';
  readonly found: string;
};

/** A request and its answer as kept for a report: every value of a person, every token and name is masked. */
export type MaskedExchange = {
  readonly request: { readonly method: string; readonly path: string };
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
};

/** What was seen while the assumptions were tried; `account` is the placeholder for the service account in it. */
export type Evidence = {
  readonly kind: string;
  readonly account: string;
  readonly exchanges: readonly MaskedExchange[];
};

/** The outcome of trying every assumption at one product. */
export type Assumed = { readonly lines: readonly AssumptionLine[]; readonly evidence: Evidence };

/** What one assumption turned out to be, and in which words. */
export type Judged = readonly [state: AssumptionLine['state'], found: string];

/** One thing a party is relied on for; it is judged from what was seen. */
export type Assumption = { readonly id: string; readonly what: string; readonly judge: () => Judged };

/** Nothing that would tell was met. */
export const notSeen = (why: string): Judged => ['notSeen', why];

/** Holds or does not, in words for both. */
export const either = (holds: boolean, found: string, otherwise: string): Judged =>
  holds ? ['holds', found] : ['doesNot', otherwise];

/** Judges by a reader that throws when what it looks for is not there. */
export const readable = (read: () => void, found: string): Judged => {
  try {
    read();
    return ['holds', found];
  } catch (error) {
    if (!isFailure(error)) throw error;
    return ['doesNot', error.message];
  }
};

/** Every assumption as it was judged. */
export const judged = (assumptions: readonly Assumption[]): readonly AssumptionLine[] =>
  assumptions.map(({ id, what, judge }) => {
    const [state, found] = judge();
    return { id, what, state, found };
  });

/** Tries everything in turn; what fails is left for the assumptions to tell, and given back. */
export const tryAll = async (
  steps: readonly (() => Promise<unknown>)[],
  call: Pick<Call, 'signal'>,
): Promise<readonly Failure[]> => {
  const failures: Failure[] = [];
  for (const step of steps) {
    call.signal.throwIfAborted();
    await step().catch((error: unknown) => {
      if (!isFailure(error)) throw error;
      failures.push(error);
    });
  }
  return failures;
};
