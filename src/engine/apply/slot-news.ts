import { EventEmitter } from 'node:events';

/** What is told about a target: that a run of one person waits for a slot of it, or that one has fallen free. */
type News = 'waits' | 'free';

/**
 * What the steps of one process tell each other about slots, so that none of them has to wait until it looks at the ledger
 * again; those of other processes learn the same there, a little later.
 */
const news = new EventEmitter().setMaxListeners(0);

const about = (what: News, target: string): string => `${what} ${target}`;

/** Tells everybody in this process who listens. */
export const tell = (what: News, target: string): void => void news.emit(about(what, target));

/** Listens until the returned function is called. */
export const listen = (what: News, target: string, hear: () => void): (() => void) => {
  const name = about(what, target);
  news.on(name, hear);
  return () => void news.off(name, hear);
};

/** Waits for such news, for so many milliseconds at most; throws the signal's reason once it is aborted. */
export const newsWithin = async (what: News, target: string, ms: number, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = listen(what, target, resolve);
  const wake = (): void => resolve();
  signal.addEventListener('abort', wake, { once: true });
  await promise;
  clearTimeout(timer);
  stop();
  signal.removeEventListener('abort', wake);
  signal.throwIfAborted();
};
