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
  // At once, for somebody waits for a run of one person; the answers count in the order of the targets all the same.
  const checks = await Promise.allSettled(targets.map((target) => target.check(call)));
  for (const [index, target] of targets.entries()) {
    const check = checks[index];
    if (check?.status !== 'rejected') continue;
    if (!isFailure(check.reason)) throw check.reason;
    failures.set(target.id, check.reason);
  }
  const [first] = failures.values();
  if (first !== undefined && failures.size === targets.length) throw first;
  const refusing = [...failures].filter(([, { kind }]) => !failureReach[kind].retry);
  return Object.fromEntries(refusing.map(([id, failure]) => [id, failure.sentence]));
};
