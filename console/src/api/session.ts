import type { SessionWire } from '../../../src/api/schemas/session.ts';
import { ask, get, post } from './ask.ts';

export type Session = SessionWire;

/** Who is signed in; refused with 401 when nobody is. */
export const session = (): Promise<Session> => get('/api/session');

/** Signs this browser in with a token, or with the code of a link. */
export const signIn = (by: { token: string } | { code: string }): Promise<Session> => post('/api/session', by);

/** Signs this browser out. */
export const signOut = async (): Promise<void> => {
  await ask('DELETE', '/api/session');
};
