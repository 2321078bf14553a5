import { flawsOf } from '../../../src/core/expression/flaws.ts';
import type { Flaw } from '../../../src/core/expression/syntax.ts';
import type { MappingSettings } from '../../../src/core/mapping/settings.ts';
import type { TargetAttributes } from '../../../src/core/profile.ts';
import { openPreview, type Preview, type PreviewPerson } from './preview.ts';

/** What the page sends: people and rules once, then a mapping at each change of it; or an expression to be looked at. */
export type ToWorker =
  | {
      readonly sample: {
        readonly people: readonly PreviewPerson[];
        readonly rules: Readonly<Record<string, TargetAttributes>>;
      };
    }
  | { readonly run: number; readonly settings: MappingSettings }
  | { readonly asked: number; readonly expression: string };

/**
 * What comes back: a sign of life at the first person and now and then, then the preview of that very mapping with the milliseconds it
 * took; or the flaws of that expression.
 */
export type FromWorker =
  | { readonly run: number; readonly people: number }
  | { readonly run: number; readonly preview: Preview; readonly ms: number }
  | { readonly asked: number; readonly flaws: readonly Flaw[] };

let run = openPreview(new Map(), []);

/** Between two signs of life at least: one for each person would take longer than most mappings. */
const quietMs = 50;

const answer = (told: FromWorker): void => postMessage(told);

addEventListener('message', async ({ data }: MessageEvent<ToWorker>): Promise<void> => {
  if ('sample' in data) {
    run = openPreview(new Map(Object.entries(data.sample.rules)), data.sample.people);
  } else if ('expression' in data) {
    answer({ asked: data.asked, flaws: flawsOf(data.expression) });
  } else {
    const began = performance.now();
    let told = Number.NEGATIVE_INFINITY;
    const preview = await run(data.settings, (done) => {
      const now = performance.now();
      if (now - told < quietMs) return;
      told = now;
      answer({ run: data.run, people: done });
    }).catch((): Preview => ({ ok: false, message: 'This mapping cannot be evaluated.' }));
    answer({ run: data.run, preview, ms: performance.now() - began });
  }
});
