import { confluence } from './confluence/index.ts';
import { jira } from './jira/index.ts';
import type { TargetDefinition } from './target.ts';

/** A definition whose settings come as plain data, as a stored document holds them; they are parsed at each use. */
const fromPlain = <Settings>(definition: TargetDefinition<Settings>): TargetDefinition<unknown> => ({
  kind: definition.kind,
  settings: definition.settings,
  matchesBy: definition.matchesBy,
  attributes: (settings) => definition.attributes(definition.settings.parse(settings)),
  load: (settings) => definition.load(definition.settings.parse(settings)),
  requests: (settings) => definition.requests(definition.settings.parse(settings)),
  open: (settings, deps) => definition.open(definition.settings.parse(settings), deps),
});

const all: readonly TargetDefinition<unknown>[] = [fromPlain(jira), fromPlain(confluence)];

/** Every kind of target there is, by the word the document uses. */
export const targetDefinitions: ReadonlyMap<string, TargetDefinition<unknown>> = new Map(
  all.map((definition) => [definition.kind, definition]),
);
