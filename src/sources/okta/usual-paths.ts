import { type Shapes, shapesFrom } from '../../core/shapes.ts';
import type { AttributePath } from '../../core/values.ts';

/** Properties of a user beside the profile (Okta: user object). */
export const topLevel: ReadonlySet<string> = new Set([
  'id',
  'status',
  'created',
  'activated',
  'statusChanged',
  'lastLogin',
  'lastUpdated',
  'passwordChanged',
  'type',
]);

/** What every organisation's users have (Okta: user object, default profile); an organisation adds its own. */
export const usualPaths: readonly AttributePath[] = [
  ...topLevel,
  ...[
    'city costCenter countryCode department displayName division email employeeNumber firstName honorificPrefix',
    'honorificSuffix lastName locale login manager managerId middleName mobilePhone nickName organization postalAddress',
    'preferredLanguage primaryPhone profileUrl secondEmail state streetAddress timezone title userType zipCode',
  ]
    .flatMap((line) => line.split(' '))
    .map((name) => `profile.${name}`),
];

/** An organisation's own attributes stand in the profile too. */
export const ownPaths = /^profile\./;

/** None of them is true or false: the default profile holds texts alone. */
export const truthPaths: readonly AttributePath[] = [];

/** The type of a user is an object; the default profile holds texts alone (Okta: user object). */
export const shapes: Shapes = shapesFrom(['type: id']);

/** What the default profile calls attributes that Active Directory and others name otherwise, in small letters. */
export const namesElsewhere: Readonly<Record<string, string>> = {
  ...{ samaccountname: 'login', userprincipalname: 'login', upn: 'login', username: 'login', mailnickname: 'login' },
  ...{ sn: 'lastName', surname: 'lastName', familyname: 'lastName', givenname: 'firstName', cn: 'displayName' },
  ...{ name: 'displayName', fullname: 'displayName', mail: 'email', emailaddress: 'email', jobtitle: 'title' },
  ...{ telephonenumber: 'primaryPhone', phone: 'primaryPhone', businessphones: 'primaryPhone', mobile: 'mobilePhone' },
  ...{ company: 'organization', companyname: 'organization', l: 'city', st: 'state', c: 'countryCode' },
  ...{ co: 'countryCode', country: 'countryCode', street: 'streetAddress', postalcode: 'zipCode', zip: 'zipCode' },
  ...{ employeeid: 'employeeNumber', employeetype: 'userType', language: 'preferredLanguage' },
};

/** Nor a number. */
export const numberPaths: readonly AttributePath[] = [];
