import { Failure, isFailure } from '../../core/failure.ts';
import type { Wire } from './wire.ts';

/** Failures in a row after which a product counts as down, and how long it is then left alone. */
const mostFailures = 5;
const pauseMs = 15_000;

/**
 * Stops asking a product that is down (it refuses connections or answers 5xx), within a few requests and whatever the number of callers: after failures in a
 * row nothing is sent for a while, then one request tries whether it is back. An answer of any kind closes the circuit.
 */
export const withCircuit = (wire: Wire, now: () => number = Date.now): Wire => {
  let failures = 0;
  let openUntil = 0;
  let trying = false;
  return {
    ...wire,
    send: async (request, cookies, call) => {
      const open = failures >= mostFailures;
      if (open && (trying || now() < openUntil)) throw leftAlone(wire.party, Math.max(1, openUntil - now()));
      trying = open;
      try {
        const answer = await wire.send(request, cookies, call);
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
    },
  };
};

const leftAlone = (party: string, waitMs: number): Failure =>
  new Failure('unavailable', `${party} is down: ${mostFailures} requests in a row failed, so it is left alone.`, {
    party,
    waitMs,
    unsent: true,
    remedy: 'Check that it is running and that this machine can reach it; it is tried again by itself.',
  });
