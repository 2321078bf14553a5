import { parentPort } from 'node:worker_threads';
import { z } from 'zod';
import type { Config, ReadDocument } from '../open-config.ts';

/** What is sent to the thread. */
export type Asked = { readonly id: number; readonly value: unknown };

/** What the thread sends: that it begins, where it is in the document, or what the document came to. */
export type Said =
  | { readonly id: number; readonly begins: true }
  | { readonly id: number; readonly at: string }
  | { readonly id: number; readonly read: ReadDocument }
  | { readonly id: number; readonly broken: string };

const asked = z.object({ id: z.number(), value: z.unknown() });

/** Makes this thread read documents for the one that started it, one after the other. */
export const answerInThread = ({ readPlain }: Pick<Config, 'readPlain'>): void => {
  const say = (said: Said): void => parentPort?.postMessage(said);
  parentPort?.on('message', (message: unknown) => {
    const { id, value } = asked.parse(message);
    say({ id, begins: true });
    readPlain(value, (at) => say({ id, at })).then(
      (read) => say({ id, read }),
      (error: unknown) => say({ id, broken: error instanceof Error ? error.name : typeof error }),
    );
  });
};
