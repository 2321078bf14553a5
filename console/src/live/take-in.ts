import type { QueryClient } from '@tanstack/react-query';
import type { LiveEventWire } from '../../../src/api/schemas/events.ts';

export type Progress = Extract<LiveEventWire, { event: 'progress' }>['progress'];

/** Who is told what no answer of the API holds. */
export type Tell = {
  readonly held: (count: number) => void;
  readonly progress: (progress: Progress) => void;
};

/** Takes an event in: what it tells makes the answers it concerns be asked for anew. */
export const takeIn = (client: QueryClient, tell: Tell, event: Exclude<LiveEventWire, { event: 'ready' }>): void => {
  const anew = (...queryKey: readonly string[]): void => void client.invalidateQueries({ queryKey });
  switch (event.event) {
    case 'run': {
      const { run } = event;
      anew('runs');
      anew('run', run.id);
      anew('overview');
      if (run.status === 'running') return;
      anew('people', run.connector);
      anew('connector', run.connector, 'coverage');
      return;
    }
    case 'progress':
      tell.progress(event.progress);
      return;
    case 'connector':
      anew('connectors');
      anew('overview');
      anew('connector', event.id);
      return;
    case 'held':
      tell.held(event.count);
  }
};
