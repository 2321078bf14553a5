import type { JsonObject } from '../../core/values.ts';
import type { LeftOut } from '../refusals.ts';
import type { GraphUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { EntraSettings } from './settings.ts';

type People = EntraSettings['people'];

/**
 * The properties the source itself needs of each person. Who takes part is decided here and not by `$filter`, because
 * filtered listings of Graph lose their place sooner.
 */
export const neededFor = ({ disabled, guests }: People): readonly string[] => [
  'id',
  ...(disabled === 'exclude' ? ['accountEnabled'] : []),
  ...(guests === 'exclude' ? ['userType'] : []),
];

/** The setting that leaves a person out; null for one who takes part. */
export const leftOutBy = ({ disabled, guests }: People, user: GraphUser): LeftOut | null => {
  if (disabled === 'exclude' && user.accountEnabled === false)
    return { setting: 'people.disabled: exclude', as: 'disabled' };
  return guests === 'exclude' && user.userType === 'Guest'
    ? { setting: 'people.guests: exclude', as: 'outOfScope' }
    : null;
};

/** The attributes of a person: exactly what was selected, in Graph's own nesting. */
export const attributesOf = (user: GraphUser, { wanted, manager }: Selection): JsonObject => {
  const attributes: Record<string, JsonObject[string]> = {};
  for (const name of wanted) {
    const value = user[name];
    if (value !== undefined) attributes[name] = value;
  }
  const chief = user.manager;
  if (manager === null || typeof chief !== 'object' || chief === null || Array.isArray(chief)) return attributes;
  const known = Object.entries(chief).filter(([name]) => manager.includes(name));
  return { ...attributes, manager: Object.fromEntries(known) };
};
