import type { JsonObject, SourceUser } from '../../core/values.ts';
import type { LeftOut } from '../refusals.ts';
import type { ManagerNaming } from '../source.ts';
import type { OktaUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { OktaSettings } from './settings.ts';

type People = OktaSettings['people'];

/** The setting that leaves a person out; null for one who takes part. */
export const leftOutBy = ({ deprovisioned, suspended }: People, { status }: OktaUser): LeftOut | null => {
  if (deprovisioned === 'exclude' && status === 'DEPROVISIONED')
    return { setting: 'people.deprovisioned: exclude', as: 'disabled' };
  return suspended === 'exclude' && status === 'SUSPENDED'
    ? { setting: 'people.suspended: exclude', as: 'disabled' }
    : null;
};

/** A person with exactly what was selected, in Okta's own nesting. */
export const asSourceUser = (user: OktaUser, { top, profile }: Selection): SourceUser => {
  const attributes: Record<string, JsonObject[string]> = {};
  for (const name of top) {
    const value = user[name];
    if (value !== undefined) attributes[name] = value;
  }
  const known = Object.entries(user.profile).filter(([name]) => profile.has(name));
  return { id: user.id, attributes: { ...attributes, profile: Object.fromEntries(known) } };
};

const profileText = ({ attributes: { profile } }: SourceUser, name: string): string | null => {
  if (typeof profile !== 'object' || profile === null || Array.isArray(profile)) return null;
  const value = new Map(Object.entries(profile)).get(name);
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
};

/** The manager is free text in the profile: an id, a login, a mail or a number, as the organization keeps it. */
export const managersBy = ({ from, by }: OktaSettings['manager']): ManagerNaming => ({
  keyOf: (user) => profileText(user, from.slice(inProfile)),
  namesOf: (user) => by.flatMap((path) => (path === 'id' ? user.id : (profileText(user, path.slice(inProfile)) ?? []))),
});

const inProfile = 'profile.'.length;
