import type { QueryClient } from '@tanstack/react-query';
import type { LiveEventWire } from '../../../src/api/schemas/events.ts';

/** How the stream of events stands: `live`, on its way back after `wait` milliseconds, or closed while nobody looks. */
export type StreamState =
  | { readonly is: 'live' }
  | { readonly is: 'waiting'; readonly wait: number }
  | { readonly is: 'closed' };

type Progress = Extract<LiveEventWire, { event: 'progress' }>['progress'];

/** How long a tab may be hidden before its stream is closed. */
const hiddenMs = 30_000;
const firstWait = 1_000;
const longestWait = 30_000;

/**
 * Keeps one stream of events for the whole tab: what it tells makes the answers it concerns be asked for anew. Closed
 * while the tab is hidden, taken up again with growing waits after a failure, ended when the session has ended.
 */
export const openStream = (
  client: QueryClient,
  tell: { state: (state: StreamState) => void; held: (count: number) => void; progress: (progress: Progress) => void },
  /** Null when the API does not answer. */
  isSignedIn: () => Promise<boolean | null>,
): (() => void) => {
  let source: EventSource | null = null;
  let wait = firstWait;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const stop = (): void => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };

  const open = (): void => {
    stop();
    if (closed || document.hidden) return;
    // Not by its own reconnecting, which knows no growing wait and asks for ever after the session has ended.
    source = new EventSource('/api/events');
    source.addEventListener('ready', () => {
      wait = firstWait;
      tell.state({ is: 'live' });
      void client.invalidateQueries();
    });
    source.addEventListener('run', (event) => {
      const { run } = read<Extract<LiveEventWire, { event: 'run' }>>(event);
      void client.invalidateQueries({ queryKey: ['runs'] });
      void client.invalidateQueries({ queryKey: ['run', run.id] });
      void client.invalidateQueries({ queryKey: ['overview'] });
      if (run.status !== 'running') void client.invalidateQueries({ queryKey: ['people', run.connector] });
    });
    source.addEventListener('progress', (event) => {
      tell.progress(read<Extract<LiveEventWire, { event: 'progress' }>>(event).progress);
    });
    source.addEventListener('connector', (event) => {
      const { id } = read<Extract<LiveEventWire, { event: 'connector' }>>(event);
      void client.invalidateQueries({ queryKey: ['connectors'] });
      void client.invalidateQueries({ queryKey: ['overview'] });
      void client.invalidateQueries({ queryKey: ['connector', id] });
    });
    source.addEventListener('held', (event) => {
      tell.held(read<Extract<LiveEventWire, { event: 'held' }>>(event).count);
    });
    source.addEventListener('error', () => {
      stop();
      void again();
    });
  };

  const again = async (): Promise<void> => {
    const next = wait * (0.75 + Math.random() / 2);
    wait = Math.min(wait * 2, longestWait);
    tell.state({ is: 'waiting', wait: next });
    timer = setTimeout(async () => {
      const signedIn = closed ? false : await isSignedIn();
      if (signedIn === null) void again();
      else if (signedIn) open();
    }, next);
  };

  const seen = (): void => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        stop();
        tell.state({ is: 'closed' });
      }, hiddenMs);
    } else if (source === null) {
      wait = firstWait;
      open();
    }
  };

  document.addEventListener('visibilitychange', seen);
  open();
  return () => {
    closed = true;
    document.removeEventListener('visibilitychange', seen);
    stop();
  };
};

const read = <T>(event: MessageEvent<string>): T => JSON.parse(event.data);
