import type { Json, JsonObject } from '../../../src/core/values.ts';

/** Where directories keep what people are called by; the first that has a value is taken. */
const names = ['displayName', 'profile.displayName', 'name.fullName'];
const logins = ['userPrincipalName', 'profile.login', 'primaryEmail'];

/** What a person is called by, and by what they sign in; both are personal values. */
export const labelOf = (attributes: JsonObject): { readonly name: string; readonly login: string } => {
  const first = firstOf(attributes, names) ?? whole(attributes, ['profile.firstName', 'profile.lastName']);
  const login = firstOf(attributes, logins) ?? '';
  return { name: first ?? login, login };
};

const firstOf = (attributes: JsonObject, paths: readonly string[]): string | null => {
  for (const path of paths) {
    const value = at(attributes, path);
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
};

const whole = (attributes: JsonObject, paths: readonly string[]): string | null => {
  const parts = paths.map((path) => at(attributes, path)).filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? null : parts.join(' ');
};

const at = (value: Json, path: string): Json | undefined => {
  let here: Json | undefined = value;
  for (const name of path.split('.')) {
    here = typeof here === 'object' && here !== null && !Array.isArray(here) ? (here as JsonObject)[name] : undefined;
  }
  return here;
};
