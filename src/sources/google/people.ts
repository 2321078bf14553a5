import { z } from 'zod';
import type { JsonObject, SourceUser } from '../../core/values.ts';
import type { LeftOut } from '../refusals.ts';
import type { ManagerNaming } from '../source.ts';
import type { GoogleUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { GoogleSettings } from './settings.ts';

type People = GoogleSettings['people'];

/** The setting that leaves a person out; null for one who takes part. */
export const leftOutBy = ({ suspended, archived }: People, user: GoogleUser): LeftOut | null => {
  if (suspended === 'exclude' && user.suspended === true)
    return { setting: 'people.suspended: exclude', as: 'disabled' };
  return archived === 'exclude' && user.archived === true
    ? { setting: 'people.archived: exclude', as: 'disabled' }
    : null;
};

/** A person with exactly what was selected, in the directory's own nesting. */
export const asSourceUser = (user: GoogleUser, { wanted }: Selection): SourceUser => {
  const attributes: Record<string, JsonObject[string]> = {};
  for (const name of wanted) {
    const value = user[name];
    if (value !== undefined) attributes[name] = value;
  }
  return { id: user.id, attributes };
};

const relations = z.array(z.looseObject({ type: z.string().optional(), value: z.string().optional() })).catch([]);
const texts = z.array(z.string()).catch([]);

/** The manager stands among the relations as a mail: the primary one or an alias (Directory API: users, relations). */
export const managers: ManagerNaming = {
  keyOf: ({ attributes }) => {
    const found = relations
      .parse(attributes.relations)
      .find(({ type }) => type === 'manager')
      ?.value?.trim();
    return found === undefined || found === '' ? null : found;
  },
  namesOf: ({ id, attributes: { primaryEmail, aliases, nonEditableAliases } }) => [
    id,
    ...(typeof primaryEmail === 'string' ? [primaryEmail] : []),
    ...texts.parse(aliases),
    ...texts.parse(nonEditableAliases),
  ],
};
