import { readFileSync } from 'node:fs';

/**
 * A stop takes no longer than this, in ms from the moment it was requested; after that the process and everything it
 * started are gone.
 */
const atMostMs = 9_300;

/**
 * Settles when this process is asked to end: by Ctrl-C, SIGTERM or a closed terminal, or because the process that started
 * it with a channel is gone. Being told more than once changes nothing: a supervisor tells the whole process group.
 */
export const stopAsked = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = (): void => {
      setTimeout(() => process.exit(), atMostMs).unref();
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', ...(ignoresHangUp() ? [] : (['SIGHUP'] as const))] as const) {
      process.on(signal, stop);
    }
    if (process.channel === undefined || process.channel === null) return;
    process.on('disconnect', stop);
    process.channel.unref();
  });

/** Whether it was started so that it outlives its terminal (nohup). proc(5), SigIgn: one bit a signal, SIGHUP is the first. */
const ignoresHangUp = (): boolean => {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '1';
    return (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    return true;
  }
};
