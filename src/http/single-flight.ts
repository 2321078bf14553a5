import type { Call } from '../core/call.ts';

/**
 * Lets many callers share one piece of work: the first does it under its own call, the others wait for its result. A
 * waiter leaves when it is aborted itself; when the one at work is aborted, a waiter takes the work over.
 */
export const singleFlight = <T>(): ((work: (call: Call) => Promise<T>, call: Call) => Promise<T>) => {
  let flight: { readonly result: Promise<T>; readonly signal: AbortSignal } | null = null;

  const join = async (work: (call: Call) => Promise<T>, call: Call): Promise<T> => {
    if (flight === null) {
      const result = work(call).finally(() => {
        flight = null;
      });
      flight = { result, signal: call.signal };
      return result;
    }
    const { result, signal } = flight;
    try {
      return await orAborted(result, call.signal);
    } catch (error) {
      if (signal.aborted && !call.signal.aborted) return join(work, call);
      throw error;
    }
  };
  return join;
};

const orAborted = async <T>(result: Promise<T>, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const leave = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([result, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
};
