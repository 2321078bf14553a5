import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import type { Found, Look } from '../kit/examine.ts';
import type { Connection, ProductAnswer, ProductRequest } from './connection.ts';
import { readJson } from './json.ts';
import { newJar } from './sign-in/cookies.ts';
import type { Session } from './sign-in/session.ts';

const version = z.object({ version: z.string() });
const maxSkewSeconds = 300;

/** Reaches the product without signing in, with one request: its version, and how far its clock is from ours. */
export const reach = (connection: Connection, request: ProductRequest, call: Call): readonly Look[] => {
  let answer: ProductAnswer | null = null;
  return [
    {
      what: 'reachable',
      look: async () => {
        answer = await connection.send(request, newJar(), call);
        return `answers at ${connection.baseUrl.host}`;
      },
    },
    {
      what: 'version',
      look: async () =>
        answer?.status === 200 ? readJson(answer, version, connection.party).version : 'unknown without signing in',
    },
    { what: 'clock', look: async () => skewOf(answer?.header('date')) },
  ];
};

const skewOf = (date: string | undefined): Found => {
  const seconds = Math.round(Math.abs(Date.parse(date ?? '') - Date.now()) / 1000);
  if (Number.isNaN(seconds)) return 'unknown';
  if (seconds <= maxSkewSeconds) return 'same as this machine';
  return {
    found: `differs from this machine by ${seconds} s`,
    remedy: 'Synchronize both clocks with the same time server.',
  };
};

/** Signs in, and tells the limits the product counts the service account by. */
export const signsIn = (session: Session, whoAmI: ProductRequest, call: Call): readonly Look[] => {
  let answer: ProductAnswer | null = null;
  return [
    {
      what: 'login',
      look: async () => {
        answer = await session.send(whoAmI, call);
        return session.username === null ? 'the token is accepted' : 'the service account is signed in';
      },
    },
    {
      what: 'rate limit',
      look: async () => {
        const [limit, left] = ['x-ratelimit-limit', 'x-ratelimit-remaining'].map((name) => answer?.header(name));
        return limit === undefined ? 'none reported' : `${limit} requests, ${left ?? 'an unknown number'} of them left`;
      },
    },
  ];
};

/** Opens a page of the administration, for the service account itself: the password page may come first (WebSudo). */
export const raises = (session: Session, page: (username: string) => ProductRequest, call: Call): readonly Look[] => {
  const { username } = session;
  if (username === null) return [];
  const look = async (): Promise<string> => {
    await session.send({ ...page(username), refusable: true }, call);
    return 'opened, or not required';
  };
  return [{ what: 'secure administrator session', look }];
};
