import { isDeepStrictEqual } from 'node:util';
import type { Definition } from '../../config/schema/document.ts';
import { Failure } from '../../core/failure.ts';

type Targets = Definition['targets'];

/** How a target is worked with. These settings are always those of today, whatever a plan was made under. */
const ofToday: ReadonlySet<string> = new Set(['auth', 'inFlight', 'writeHours', 'never', 'readBack', 'tls']);

/**
 * The targets of an older version with their current settings: accounts in the current `never` are not written, and the
 * current account signs in. Throws `conflict` for a target that is not the same any more (its product, its address, its
 * store): what was planned for it says nothing about the current one.
 */
export const todaysTargets = (planned: Targets, today: Targets): Targets =>
  Object.fromEntries(
    Object.entries(planned).map(([id, before]) => {
      const now = today[id];
      if (now === undefined) throw moved(`The document no longer has a target "${id}" for this connector.`);
      const settings = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => !ofToday.has(name));
      const changed = settings.filter((name) => !isDeepStrictEqual(Reflect.get(before, name), Reflect.get(now, name)));
      if (changed.length === 0) return [id, now];
      throw moved(`The target ${id} is not the same as before: the document changed its ${changed.join(' and ')}.`);
    }),
  );

const moved = (message: string): Failure =>
  new Failure('conflict', message, { remedy: 'Start a new run, which plans for the current target.' });
