import { z } from 'zod';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { ReadPlace, Watermark } from '../../src/sources/source.ts';
import { freeCall, openDocument, takeJobs } from './job.ts';

// The least that reading costs: the pages that Attune reads, with the client and the selection Attune reads them with, and
// nothing done with anybody on them. `changes` reads what changed since the last read.
const { connector, source, targets } = await openDocument();
const attributes = new Map([...targets].map(([id, target]) => [id, target.attributes]));
const { selection } = compileMapping(connector, { attributes });
let since: Watermark | null = null;

takeJobs(z.object({ read: z.enum(['everybody', 'changes']) }), async ({ read }) => {
  let place: ReadPlace = read === 'changes' && since !== null ? { at: 'watermark', watermark: since } : { at: 'start' };
  for (let people = 0; ; ) {
    const { users, end } = await source.readPage(place, selection, freeCall());
    people += users.length;
    if (!end.more) {
      since = end.watermark;
      return { people };
    }
    place = { at: 'cursor', cursor: end.cursor };
  }
});
