import type { SandboxResponse } from '../service.ts';
import { oktaError } from './errors.ts';

const windowMs = 60_000;

/** Keeps the account of one bucket, whose windows are not aligned to the minute (Okta: rate limits). */
export const createBucket = () => {
  let opened = 0;
  let used = 0;
  return (now: number, limit: number): { refusal: SandboxResponse } | { headers: Record<string, string> } => {
    if (now - opened >= windowMs) {
      opened = now;
      used = 0;
    }
    used += 1;
    const headers = {
      'x-rate-limit-limit': String(limit),
      'x-rate-limit-remaining': String(Math.max(limit - used, 0)),
      'x-rate-limit-reset': String(Math.ceil((opened + windowMs) / 1_000)),
      date: new Date(now).toUTCString(),
    };
    return used > limit ? { refusal: oktaError('E0000047', undefined, headers) } : { headers };
  };
};

/** The refusal of too many requests at once: limit and remainder are 0, and the reset is mere advice. */
export const tooManyAtOnce = (now: number): SandboxResponse =>
  oktaError('E0000047', undefined, {
    'x-rate-limit-limit': '0',
    'x-rate-limit-remaining': '0',
    'x-rate-limit-reset': String(Math.ceil((now + windowMs) / 1_000)),
    date: new Date(now).toUTCString(),
  });
