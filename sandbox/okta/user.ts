import type { Directory } from '../world/directory.ts';
import { badgeExtension } from '../world/people.ts';
import type { Person } from '../world/types.ts';

/** A user as Okta shows one. */
export type OktaUser = { id: string; status: string; lastUpdated: string; profile: Record<string, unknown> } & Record<
  string,
  unknown
>;

/** Okta's id of a person of the world, and back. */
export const oktaId = (id: string): string => `00u${id.replaceAll('-', '')}`;
export const worldId = (id: string): string =>
  /^00u[0-9a-f]{32}$/.test(id) ? id.slice(3).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : '';

const at = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

/** When nobody has edited a person yet. */
const longAgo = '2024-01-15T08:00:00.000Z';

/** The user a person of the world is; null properties of the profile are left out (Okta: user object). */
export const userOf = (directory: Directory, person: Person, edited: string | undefined): OktaUser => {
  const manager = directory.managerOf(person.id);
  const profile: Record<string, unknown> = {
    login: person.userPrincipalName,
    email: person.mail ?? first(person.otherMails) ?? person.userPrincipalName,
    firstName: person.givenName,
    lastName: person.surname,
    displayName: person.displayName,
    title: person.jobTitle,
    department: person.department,
    organization: person.companyName,
    employeeNumber: person.employeeId,
    mobilePhone: person.mobilePhone,
    primaryPhone: first(person.businessPhones),
    streetAddress: person.streetAddress,
    city: person.city,
    countryCode: person.country,
    userType: person.userType,
    costCenter: at(person.onPremisesExtensionAttributes, 'extensionAttribute1'),
    employeeType: person.employeeType,
    customBadge: person[badgeExtension],
    managerId: manager === undefined ? undefined : oktaId(manager.id),
    manager: manager?.displayName,
    ...(typeof person.profile === 'object' ? person.profile : {}),
  };
  const usual = person.accountEnabled === false ? 'DEPROVISIONED' : 'ACTIVE';
  return {
    id: oktaId(person.id),
    status: typeof person.status === 'string' ? person.status : usual,
    created: longAgo,
    activated: null,
    statusChanged: null,
    lastLogin: null,
    lastUpdated: edited ?? longAgo,
    passwordChanged: null,
    type: { id: 'oty1162QAr8hJjTaq0g4' },
    profile: Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined && value !== null)),
    credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
    _links: { self: { href: '/api/v1/users/me' } },
  };
};

/** What `fields` leaves of a user: the named properties, the id always (Okta: list users, `fields`). */
export const project = (user: OktaUser, fields: string | null): Record<string, unknown> => {
  if (fields === null) return user;
  const inner = /profile:\(([^)]*)\)/.exec(fields)?.[1];
  const outer = fields
    .replace(/profile:\([^)]*\)/, '')
    .split(',')
    .map((name) => name.trim());
  const shown: Record<string, unknown> = { id: user.id };
  for (const name of outer) if (name in user && name !== 'profile') shown[name] = user[name];
  if (inner !== undefined) {
    const names = new Set(inner.split(',').map((name) => name.trim()));
    shown.profile = Object.fromEntries(Object.entries(user.profile).filter(([name]) => names.has(name)));
  } else if (outer.includes('profile')) shown.profile = user.profile;
  return shown;
};
