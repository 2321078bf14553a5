import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** A session on one node: whose it is (null: nobody's), and until when it is a secure administrator's. */
export type Session = {
  id: string;
  accountKey: string | null;
  node: number;
  usedAt: number;
  raisedUntil: number;
  requests: number;
};

/** How long sessions live, in milliseconds without a request, and after how many requests they end. */
export type SessionLife = { sessionLife: number; webSudoLife: number; requestsPerSession?: number | undefined };

/** The sessions of one product; raising one gives it a new id, as the products do. */
export type Sessions = {
  open(accountKey: string | null, node: number): Session;
  find(id: string, node: number): Session | undefined;
  raise(session: Session): Session;
  lower(session: Session): void;
  end(session: Session): void;
  /** Ends all sessions, or takes the administrator's part from all; says how many somebody had. */
  endAll(): number;
  lowerAll(): number;
  isRaised(session: Session): boolean;
};

/** Makes the sessions of one product. */
export const createSessions = (clock: Clock, life: () => SessionLife): Sessions => {
  const sessions = new Map<string, Session>();
  const open = (accountKey: string | null, node: number): Session => {
    const id = randomBytes(16).toString('hex').toUpperCase();
    const session = { id, accountKey, node, usedAt: clock.now(), raisedUntil: 0, requests: 0 };
    if (accountKey !== null) sessions.set(id, session);
    return session;
  };
  const isRaised = (session: Session) => session.raisedUntil > clock.now();
  return {
    open,
    isRaised,
    find(id, node) {
      const session = sessions.get(id);
      if (session === undefined || session.node !== node) return undefined;
      const { sessionLife, webSudoLife, requestsPerSession = Number.POSITIVE_INFINITY } = life();
      session.requests += 1;
      if (clock.now() - session.usedAt > sessionLife || session.requests > requestsPerSession) {
        sessions.delete(id);
        return undefined;
      }
      session.usedAt = clock.now();
      if (isRaised(session)) session.raisedUntil = clock.now() + webSudoLife;
      return session;
    },
    raise(session) {
      sessions.delete(session.id);
      const raised = open(session.accountKey, session.node);
      raised.raisedUntil = clock.now() + life().webSudoLife;
      raised.requests = session.requests;
      return raised;
    },
    lower(session) {
      session.raisedUntil = 0;
    },
    end(session) {
      sessions.delete(session.id);
    },
    endAll() {
      const { size } = sessions;
      sessions.clear();
      return size;
    },
    lowerAll() {
      const raised = [...sessions.values()].filter(isRaised);
      for (const session of raised) session.raisedUntil = 0;
      return raised.length;
    },
  };
};
