import { setTimeout as sleep } from 'node:timers/promises';

// As a thread that loads on a busy machine: longer than a document may take.
await sleep(4_000);
await import('./thread.ts');
