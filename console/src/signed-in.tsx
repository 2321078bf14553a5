import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { onSignedOut, Refused } from './api/ask.ts';
import type { Run } from './api/runs.ts';
import { type Session, session, signOut } from './api/session.ts';
import { openStream, type StreamState } from './live/stream.ts';
import { SignIn } from './pages/sign-in.tsx';

type Progress = NonNullable<Run['progress']>;
export type Ability = Session['can'][number];

type SignedIn = {
  readonly session: Session;
  readonly may: (ability: Ability) => boolean;
  readonly stream: StreamState;
  readonly held: number | null;
  /** The newest progress of each running run, and the first that was seen of its present step. */
  readonly progress: ReadonlyMap<string, Progress>;
  readonly begun: ReadonlyMap<string, Progress>;
  readonly leave: () => void;
};

const Context = createContext<SignedIn | null>(null);

type Going = Pick<SignedIn, 'progress' | 'begun'>;
const noProgress: Going = { progress: new Map(), begun: new Map() };

const ended = 'Your session has ended. Sign in again: nothing you wrote here is lost.';

/** Without a touch for this long the console signs itself out; the API does the same without a request. */
const idleMs = 30 * 60_000;

/** Shows what is inside to whoever is signed in, and lays the sign-in over it for whoever is not any more: drafts stay. */
export const SignedInProvider = ({ children }: { children: ReactNode }) => {
  const client = useQueryClient();
  const asked = useQuery({ queryKey: ['session'], queryFn: session, staleTime: Number.POSITIVE_INFINITY });
  const [out, setOut] = useState<string | null>(null);
  const [stream, setStream] = useState<StreamState | null>(null);
  const [held, setHeld] = useState<number | null>(null);
  const [{ progress, begun }, setProgress] = useState(noProgress);
  // Whether pages have been shown, and so have asked for something.
  const asks = useRef(false);
  const unknown = asked.error instanceof Refused && asked.error.problem.status === 401;
  const isIn = asked.data !== undefined && out === null;

  useEffect(() => {
    onSignedOut(() => setOut(ended));
  }, []);

  useEffect(() => {
    if (!isIn) return;
    return openStream(
      client,
      asks.current,
      {
        state: (state) => {
          asks.current = true;
          setStream(state);
        },
        held: setHeld,
        progress: (one) =>
          setProgress((all) => ({
            progress: new Map(all.progress).set(one.run, one),
            begun: all.begun.get(one.run)?.phase === one.phase ? all.begun : new Map(all.begun).set(one.run, one),
          })),
      },
      async () => {
        try {
          await session();
          return true;
        } catch (error) {
          if (!(error instanceof Refused) || error.problem.status !== 401) return null;
          setOut(ended);
          return false;
        }
      },
    );
  }, [client, isIn]);

  useEffect(() => {
    if (!isIn) return;
    const leave = (): void => {
      void signOut().catch(() => undefined);
      setOut('Signed out after 30 minutes without activity. Nothing you wrote here is lost.');
    };
    let timer = setTimeout(leave, idleMs);
    const touched = (): void => {
      clearTimeout(timer);
      timer = setTimeout(leave, idleMs);
    };
    const events = ['pointerdown', 'keydown', 'wheel'] as const;
    for (const name of events) window.addEventListener(name, touched, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const name of events) window.removeEventListener(name, touched);
    };
  }, [isIn]);

  const value = useMemo<SignedIn | null>(
    () =>
      asked.data === undefined || stream === null
        ? null
        : {
            session: asked.data,
            may: (ability) => asked.data.can.includes(ability),
            stream,
            held,
            progress,
            begun,
            leave: () => {
              void signOut()
                .catch(() => undefined)
                .then(() => {
                  client.clear();
                  window.location.assign('/login');
                });
            },
          },
    [asked.data, stream, held, progress, begun, client],
  );

  const came = (fresh: Session): void => {
    client.setQueryData(['session'], fresh);
    setOut(null);
    void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
  };

  if (value === null) {
    if (unknown) return <SignIn came={came} why={null} />;
    if (asked.error !== null)
      return <SignIn came={came} why="Attune does not answer: check that `attune serve` runs." />;
    return <p className="visually-hidden">Loading</p>;
  }
  return (
    <Context value={value}>
      {out !== null && <SignIn came={came} why={out} over />}
      <div hidden={out !== null}>{children}</div>
    </Context>
  );
};

/** Who is signed in, and what goes on. */
export const useSignedIn = (): SignedIn => {
  const value = useContext(Context);
  if (value === null) throw new Error('who is signed in is asked for outside the provider');
  return value;
};
