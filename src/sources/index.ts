import { entra } from './entra/index.ts';
import { google } from './google/index.ts';
import { okta } from './okta/index.ts';
import type { SourceDefinition } from './source.ts';

/** A definition whose settings come as plain data, as a stored document holds them; they are parsed at each use. */
const fromPlain = <Settings>(definition: SourceDefinition<Settings>): SourceDefinition<unknown> => ({
  kind: definition.kind,
  refusedPaths: definition.refusedPaths,
  settings: definition.settings,
  usualPaths: definition.usualPaths,
  shapes: definition.shapes,
  truthPaths: definition.truthPaths,
  numberPaths: definition.numberPaths,
  ownPaths: definition.ownPaths,
  open: (settings, deps) => definition.open(definition.settings.parse(settings), deps),
});

const all: readonly SourceDefinition<unknown>[] = [fromPlain(entra), fromPlain(okta), fromPlain(google)];

/** Every kind of source there is, by the word the document uses. */
export const sourceDefinitions: ReadonlyMap<string, SourceDefinition<unknown>> = new Map(
  all.map((definition) => [definition.kind, definition]),
);
