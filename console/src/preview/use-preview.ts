import { useEffect, useRef, useState } from 'react';
import type { MappingSettings } from '../../../src/core/mapping/settings.ts';
import type { Sample } from '../api/connectors.ts';
import type { Preview } from './preview.ts';
import { startWorker } from './start-worker.ts';
import type { FromWorker, ToWorker } from './worker.ts';

/** The preview of a mapping: of the very one shown, or an older one that is being replaced. */
export type LivePreview = {
  readonly preview: Preview | null;
  readonly stale: boolean;
  /** True when the mapping was stopped because it took too long. */
  readonly stopped: boolean;
  readonly ms: number | null;
};

/** How long one person may take, as in a run, and all of them together; from the first sign of life on. */
const limitMs = 1_000;
const wholeMs = 5_000;
/** How long the program beside the page may take to start, which says nothing of the mapping. */
const startMs = 20_000;

const none: LivePreview = { preview: null, stale: true, stopped: false, ms: null };

/** Runs a mapping over a sample at each change of it, beside the page; one that does not end is stopped. */
export const usePreview = (sample: Sample | undefined, settings: MappingSettings | null): LivePreview => {
  const [live, setLive] = useState(none);
  const worker = useRef<Worker | null>(null);
  const running = useRef<{ run: number; timer: ReturnType<typeof setTimeout>; since: number | null } | null>(null);
  const waiting = useRef<MappingSettings | null>(null);
  const serial = useRef(0);

  useEffect(() => {
    const end = (): void => {
      if (running.current !== null) clearTimeout(running.current.timer);
      running.current = null;
      worker.current?.terminate();
      worker.current = null;
    };
    // Another sample: the program that has the former one goes.
    if (sample !== undefined) end();
    return end;
  }, [sample]);

  useEffect(() => {
    if (sample === undefined || settings === null) return;
    const stop = (): void => {
      // A loop in there hears nothing: only ending the whole worker stops it.
      worker.current?.terminate();
      worker.current = null;
      running.current = null;
      const next = waiting.current;
      waiting.current = null;
      setLive((before) => ({ ...before, stale: true, stopped: next === null, ms: null }));
      if (next !== null) run(next);
    };
    const begin = (): Worker => {
      const started = startWorker();
      started.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        const now = running.current;
        if (!('run' in data) || now?.run !== data.run) return;
        clearTimeout(now.timer);
        if ('people' in data) {
          now.since ??= performance.now();
          const left = now.since + wholeMs - performance.now();
          now.timer = setTimeout(stop, Math.max(0, Math.min(limitMs, left)));
          return;
        }
        running.current = null;
        const next = waiting.current;
        waiting.current = null;
        setLive({ preview: data.preview, stale: next !== null, stopped: false, ms: data.ms });
        if (next !== null) run(next);
      };
      const { people, rules } = sample;
      send(started, { sample: { people, rules } });
      return started;
    };
    const run = (wanted: MappingSettings): void => {
      worker.current ??= begin();
      serial.current += 1;
      const number = serial.current;
      running.current = { run: number, timer: setTimeout(stop, startMs), since: null };
      send(worker.current, { run: number, settings: wanted });
    };
    setLive((before) => ({ ...before, stale: true, stopped: false }));
    if (running.current === null) run(settings);
    else waiting.current = settings;
  }, [sample, settings]);

  return live;
};

const send = (worker: Worker, message: ToWorker): void => worker.postMessage(message);
