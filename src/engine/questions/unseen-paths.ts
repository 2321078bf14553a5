import type { AttributePath, Json, SourceUser } from '../../core/values.ts';

/** The paths under which none of these people has anything: those of the manager only where the source gives them. */
export const unseenPaths = (
  users: readonly SourceUser[],
  paths: readonly AttributePath[],
  givesManager: boolean,
): readonly AttributePath[] =>
  paths.filter((path) => {
    const names = path.split('.');
    if (names[0] === 'manager' && !givesManager) return false;
    return !users.some(({ attributes }) => has(attributes, names));
  });

/** Whether something stands at a path: in a list, in any of its items. */
const has = (value: Json | undefined, names: readonly string[]): boolean => {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.some((one) => has(one, names));
  const [name, ...rest] = names;
  if (name === undefined) return true;
  return typeof value === 'object' && has(Reflect.get(value, name), rest);
};
