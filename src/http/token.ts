import type { Call } from '../core/call.ts';
import { Failure } from '../core/failure.ts';
import { singleFlight } from './single-flight.ts';

/** A token as a server issued it. */
export type IssuedToken = { readonly token: string; readonly livesMs: number };

/** Gives a usable token; `refused` is one the server has just answered 401 to, null at first. */
export type GiveToken = (call: Call, refused: string | null) => Promise<string>;

const earlyMs = 300_000;

/**
 * Keeps the token of one identity: asked for once however many callers wait, renewed before its end, and replaced when
 * it is refused, unless another caller has already replaced it. `now` is a clock in milliseconds.
 */
export const keepToken = (ask: (call: Call) => Promise<IssuedToken>, now: () => number = Date.now): GiveToken => {
  const share = singleFlight<string>();
  let held: { readonly token: string; readonly renewAt: number } | null = null;
  const renew = async (call: Call): Promise<string> => {
    const askedAt = now();
    const { token, livesMs } = await ask(call);
    held = { token, renewAt: askedAt + livesMs - Math.min(earlyMs, livesMs / 2) };
    return token;
  };
  return async (call, refused) => {
    if (held !== null && held.token !== refused && now() < held.renewAt) return held.token;
    return share(renew, call);
  };
};

/** The failure of a token endpoint that answers with something else; `setting` is where its address comes from. */
export const notAToken = (party: string, route: string, setting: string): Failure =>
  new Failure('wrongShape', `${party} sign-in answers POST ${route} with something that is not a token.`, {
    party,
    remedy: `Check whether a proxy or a login page is between this machine and the provider, and check ${setting}.`,
  });
