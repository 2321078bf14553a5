import type { QueryClient } from '@tanstack/react-query';
import type { LiveEventWire } from '../../../src/api/schemas/events.ts';
import { type Tell, takeIn } from './take-in.ts';

/** How the stream of events stands: `live`, on its way back after `wait` milliseconds, or closed while nobody looks. */
export type StreamState =
  | { readonly is: 'live' }
  | { readonly is: 'waiting'; readonly wait: number }
  | { readonly is: 'closed' };

/** How long a tab may be hidden before it follows no more. */
const hiddenMs = 30_000;
const firstWait = 1_000;
const longestWait = 30_000;

const names = ['ready', 'run', 'progress', 'connector', 'held'] as const satisfies readonly LiveEventWire['event'][];

/** What the tab that holds the stream tells the others, and what a tab that begins to follow asks. */
type Word = { readonly event: LiveEventWire } | { readonly state: StreamState } | { readonly ask: 'state' };

/** How long the first word may take before a page does without. */
const silentMs = 1_000;

/**
 * Follows all that happens, by one stream for all tabs of this browser: browsers open six connections to a server, and a
 * stream in each tab would leave none for anything else. One tab holds the stream and passes each event on; when it is
 * closed or has been hidden for a while, the next takes its place. The stream is taken up again with growing waits after a
 * failure, and ended when the session has ended. `asks` says that answers have been asked for already; else they are to be
 * asked for once the first state is told, and miss nothing.
 */
export const openStream = (
  client: QueryClient,
  asks: boolean,
  tell: Tell & { readonly state: (state: StreamState) => void },
  /** Null when the API does not answer. */
  isSignedIn: () => Promise<boolean | null>,
): (() => void) => {
  const channel = new BroadcastChannel('attune.events');
  // What is shown: nothing yet, answers that events may have been missed for, or answers that none was missed for.
  let shows: 'nothing' | 'old' | 'all' = asks ? 'old' : 'nothing';
  let following: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isLive = (began: boolean): void => {
    // Between two streams something may have happened that no tab was told of.
    if (shows === 'old' || (began && shows === 'all')) void client.invalidateQueries();
    shows = 'all';
  };
  const isAway = (state: StreamState): void => {
    shows = 'old';
    tell.state(state);
  };
  const hear = (word: Word): void => {
    if ('ask' in word) return;
    if ('event' in word) {
      if (word.event.event === 'ready') isLive(true);
      else takeIn(client, tell, word.event);
    } else if (word.state.is === 'live') {
      isLive(false);
      tell.state(word.state);
    } else isAway(word.state);
  };

  const follow = (): void => {
    if (following !== null) return;
    const own = new AbortController();
    following = own;
    channel.postMessage({ ask: 'state' } satisfies Word);
    const say = (word: Word): void => {
      channel.postMessage(word);
      hear(word);
    };
    void navigator.locks
      .request('attune.stream', { signal: own.signal }, () => holdStream(own.signal, isSignedIn, say, channel))
      .catch(() => undefined);
  };

  const leave = (): void => {
    following?.abort();
    following = null;
    isAway({ is: 'closed' });
  };

  channel.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    if (following !== null) hear(data);
  });

  const seen = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(leave, hiddenMs);
    else follow();
  };

  document.addEventListener('visibilitychange', seen);
  if (document.hidden) isAway({ is: 'closed' });
  else follow();
  // The tab that holds the stream may be of those that hear nothing just now.
  const silent = setTimeout(() => {
    if (shows === 'nothing') isAway({ is: 'closed' });
  }, silentMs);
  return () => {
    clearTimeout(timer);
    clearTimeout(silent);
    document.removeEventListener('visibilitychange', seen);
    following?.abort();
    following = null;
    channel.close();
  };
};

/** Keeps the stream open until `signal` ends it or the session has ended; resolves then. */
const holdStream = (
  signal: AbortSignal,
  isSignedIn: () => Promise<boolean | null>,
  say: (word: Word) => void,
  channel: BroadcastChannel,
): Promise<void> =>
  new Promise((resolve) => {
    let source: EventSource | null = null;
    let wait = firstWait;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let state: StreamState | null = null;

    const become = (next: StreamState): void => {
      state = next;
      say({ state: next });
    };
    const asked = ({ data }: MessageEvent<Word>): void => {
      if ('ask' in data && state !== null) say({ state });
    };
    const end = (): void => {
      clearTimeout(timer);
      source?.close();
      channel.removeEventListener('message', asked);
      resolve();
    };

    const open = (): void => {
      // Not by its own reconnecting, which knows no growing wait and asks for ever after the session has ended.
      source = new EventSource('/api/events');
      for (const name of names) {
        source.addEventListener(name, ({ data }: MessageEvent<string>) => {
          say({ event: { event: name, ...JSON.parse(data) } });
          if (name !== 'ready') return;
          wait = firstWait;
          become({ is: 'live' });
        });
      }
      source.addEventListener('error', () => {
        source?.close();
        again();
      });
    };

    const again = (): void => {
      const next = wait * (0.75 + Math.random() / 2);
      wait = Math.min(wait * 2, longestWait);
      become({ is: 'waiting', wait: next });
      timer = setTimeout(async () => {
        const signedIn = await isSignedIn();
        if (signal.aborted) return;
        if (signedIn === null) again();
        else if (signedIn) open();
        else end();
      }, next);
    };

    channel.addEventListener('message', asked);
    signal.addEventListener('abort', end);
    open();
  });
