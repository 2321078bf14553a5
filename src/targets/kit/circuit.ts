import { Failure, isFailure } from '../../core/failure.ts';

/** Failures in a row after which a product counts as down, and how long nothing is then sent to it. */
const mostFailures = 5;
const pauseMs = 15_000;

/**
 * Stops asking a product that is down: it refuses connections, or answers 5xx. After a few failures in a row, however
 * many callers there are, nothing is sent for a while; then one request tries whether the product is back. An answer of
 * any kind closes the circuit.
 */
export const withCircuit = <Asked extends readonly unknown[], Given>(
  party: string,
  send: (...asked: Asked) => Promise<Given>,
  now: () => number = Date.now,
): ((...asked: Asked) => Promise<Given>) => {
  let failures = 0;
  let openUntil = 0;
  let trying = false;
  return async (...asked) => {
    const open = failures >= mostFailures;
    if (open && (trying || now() < openUntil)) throw isDown(party, Math.max(1, openUntil - now()));
    trying = open;
    try {
      const answer = await send(...asked);
      failures = 0;
      return answer;
    } catch (error) {
      if (!isFailure(error)) throw error;
      failures = error.kind === 'unavailable' ? failures + 1 : 0;
      if (failures >= mostFailures) openUntil = now() + pauseMs;
      throw error;
    } finally {
      if (open) trying = false;
    }
  };
};

const isDown = (party: string, waitMs: number): Failure =>
  new Failure(
    'unavailable',
    `${party} is down: ${mostFailures} requests in a row failed, so Attune pauses its requests.`,
    {
      party,
      waitMs,
      unsent: true,
      remedy: 'Check that it is running and that this machine can reach it; Attune tries again automatically.',
    },
  );
