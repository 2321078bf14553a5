import type { Directory } from '../world/directory.ts';
import { badgeExtension } from '../world/people.ts';
import type { Person } from '../world/types.ts';

/** A user as the directory shows one. */
export type GoogleUser = { id: string; primaryEmail: string } & Record<string, unknown>;

/** Google's id of a person of the world, and back; ids are long decimal numbers. */
export const googleId = (id: string): string => BigInt(`0x${id.replaceAll('-', '')}`).toString();
export const worldId = (id: string): string =>
  /^\d{1,40}$/.test(id)
    ? BigInt(id)
        .toString(16)
        .padStart(32, '0')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : '';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
const at = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The mail a person signs in by. */
export const primaryEmail = ({ userPrincipalName }: Person): string =>
  userPrincipalName.replace('#EXT#', '.ext').toLowerCase();

const aliasesOf = (person: Person): string[] =>
  [...new Set([text(person.mail), ...texts(person.otherMails)].map((mail) => mail.toLowerCase()))].filter(
    (mail) => mail !== '' && mail !== primaryEmail(person),
  );

const only = (entries: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined && value !== null));

/** The user a person of the world is; what has no value is left out (Directory API: users resource). */
export const userOf = (directory: Directory, person: Person): GoogleUser => {
  const manager = directory.managerOf(person.id);
  const aliases = aliasesOf(person);
  const phones = [
    ...(text(person.mobilePhone) === '' ? [] : [{ value: person.mobilePhone, type: 'mobile' }]),
    ...texts(person.businessPhones).map((value) => ({ value, type: 'work', primary: true })),
  ];
  return {
    kind: 'admin#directory#user',
    id: googleId(person.id),
    etag: `"${person.id}"`,
    primaryEmail: primaryEmail(person),
    name: { givenName: person.givenName, familyName: person.surname, fullName: person.displayName },
    isAdmin: false,
    isDelegatedAdmin: false,
    suspended: person.suspended === true || person.accountEnabled === false,
    archived: person.archived === true,
    orgUnitPath: person.userType === 'Guest' ? '/Guests' : '/',
    customerId: 'C03az79cb',
    isMailboxSetup: true,
    creationTime: '2024-01-15T08:00:00.000Z',
    emails: [{ address: primaryEmail(person), primary: true }, ...aliases.map((address) => ({ address }))],
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(phones.length === 0 ? {} : { phones }),
    organizations: [
      only({
        name: person.companyName,
        title: person.jobTitle,
        department: person.department,
        costCenter: at(person.onPremisesExtensionAttributes, 'extensionAttribute1'),
        description: person.employeeType,
        primary: true,
        customType: '',
      }),
    ],
    addresses: [
      only({ type: 'work', streetAddress: person.streetAddress, locality: person.city, countryCode: person.country }),
    ],
    ...(text(person.employeeId) === '' ? {} : { externalIds: [{ type: 'organization', value: person.employeeId }] }),
    ...(manager === undefined ? {} : { relations: [{ type: 'manager', value: primaryEmail(manager) }] }),
    customSchemas: {
      ...(person[badgeExtension] === undefined ? {} : { Employment: { badge: person[badgeExtension] } }),
      ...(typeof person.customSchemas === 'object' ? person.customSchemas : {}),
    },
  };
};

/** What `projection` leaves of a user (Directory API: users.list). */
export const project = (user: GoogleUser, query: URLSearchParams): Record<string, unknown> => {
  const projection = query.get('projection') ?? 'basic';
  const { customSchemas, ...basic } = user;
  const mask = new Set((query.get('customFieldMask') ?? '').split(','));
  const schemas = Object.entries(Object(customSchemas)).filter(([name]) => projection === 'full' || mask.has(name));
  return projection === 'basic' || schemas.length === 0
    ? basic
    : { ...basic, customSchemas: Object.fromEntries(schemas) };
};
