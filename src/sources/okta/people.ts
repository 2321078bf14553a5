import type { JsonObject, SourceUser } from '../../core/values.ts';
import type { ManagerNaming } from '../source.ts';
import type { OktaUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { OktaSettings } from './settings.ts';

type People = OktaSettings['people'];

/** The setting that leaves a person out, in the document's words; null for one who takes part. */
export const leftOutBy = ({ deprovisioned, suspended }: People, { status }: OktaUser): string | null => {
  if (deprovisioned === 'exclude' && status === 'DEPROVISIONED') return 'people.deprovisioned: exclude';
  return suspended === 'exclude' && status === 'SUSPENDED' ? 'people.suspended: exclude' : null;
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
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

/** `profile.managerId` is free text: an id, a login, a mail or an employee number, as the organization keeps it. */
export const managers: ManagerNaming = {
  keyOf: (user) => profileText(user, 'managerId'),
  namesOf: (user) => [
    user.id,
    ...['login', 'email', 'employeeNumber'].flatMap((name) => profileText(user, name) ?? []),
  ],
};
