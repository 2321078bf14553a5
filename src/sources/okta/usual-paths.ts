import type { AttributePath } from '../../core/values.ts';
import { topLevel } from './selection.ts';

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
