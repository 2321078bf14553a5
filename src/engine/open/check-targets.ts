import type { Call } from '../../core/call.ts';
import { type Failure, failureReach, isFailure } from '../../core/failure.ts';
import type { OpenTarget } from './connector.ts';

/** Targets that refuse to be worked with (a wrong password, a missing right), each with the sentence why. */
export type Refused = Readonly<Record<string, string>>;

/**
 * Verifies credentials and permissions at every target. A target that refuses loses its own part of the run, not the
 * whole run, and a temporary failure (a target that is down) is left to the steps; both end the run only if no target
 * is left.
 */
export const checkTargets = async (targets: readonly OpenTarget[], call: Call): Promise<Refused> => {
  const failures = new Map<string, Failure>();
  for (const target of targets) {
    try {
      await target.check(call);
    } catch (error) {
      if (!isFailure(error)) throw error;
      failures.set(target.id, error);
    }
  }
  const [first] = failures.values();
  if (first !== undefined && failures.size === targets.length) throw first;
  const refusing = [...failures].filter(([, { kind }]) => !failureReach[kind].retry);
  return Object.fromEntries(refusing.map(([id, failure]) => [id, failure.sentence]));
};
