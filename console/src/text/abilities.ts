import type { Ability } from '../../../src/core/abilities.ts';

/** What something takes that somebody may not do: the rest of a sentence that begins with it. */
export const needsToken = (...abilities: readonly Ability[]): string =>
  `needs a token with the ${abilities.length === 1 ? 'ability' : 'abilities'} ${abilities.join(' and ')}`;

/** The same as a sentence of its own, at a button. */
export const needs = (...abilities: readonly Ability[]): string => `N${needsToken(...abilities).slice(1)}`;
