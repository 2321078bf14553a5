import type { AttributePath } from '../../core/values.ts';
import { isGroups, nameTheGroup } from '../groups.ts';
import { refusePaths } from '../refusals.ts';
import type { RefusedPath } from '../source.ts';
import type { OktaSettings } from './settings.ts';
import { namesElsewhere, topLevel } from './usual-paths.ts';

/** What a listing asks Okta for: top-level properties, and attributes of the profile. */
export type Selection = {
  readonly top: ReadonlySet<string>;
  /** Attributes of the profile the mapping reads, and those managers are named by and found by. */
  readonly profile: ReadonlySet<string>;
  /** Whether the mapping reads the manager, so that everybody may be one. */
  readonly managers: boolean;
};

/** Works out the selection for mapping paths; an attribute of the manager is read of everybody, who may be one. */
export const selectionOf = (paths: readonly AttributePath[], manager: OktaSettings['manager']): Selection => {
  refusePaths('Okta', refusedPaths(paths));
  const top = new Set(['id', 'status']);
  const profile = new Set<string>();
  const managers = paths.some((path) => path.startsWith('manager.'));
  for (const path of paths) {
    const [first = '', second = ''] = path.replace(/^manager\./, '').split('.');
    if (first === 'profile') profile.add(second);
    else top.add(first);
  }
  const naming = [manager.from, ...manager.by].filter((path) => path !== 'id');
  if (managers) for (const path of naming) profile.add(path.slice('profile.'.length));
  return { top, profile, managers };
};

/** The paths no user of Okta has. */
export const refusedPaths = (paths: readonly AttributePath[]): readonly RefusedPath[] =>
  paths.flatMap((path) => {
    const reason = reasonAgainst(path.split('.'), true);
    return reason === null ? [] : [{ path, why: reason[0], remedy: reason[1] }];
  });

const reasonAgainst = (
  [first = '', second, ...rest]: readonly string[],
  managerToo: boolean,
): readonly [why: string, remedy: string] | null => {
  if (first === 'manager' && managerToo) {
    if (second === undefined) {
      return ['it is a person, not a value', 'Name an attribute: manager.profile.displayName.'];
    }
    return reasonAgainst([second, ...rest], false);
  }
  if (first === 'manager') return ['it is the manager of a manager', 'Only attributes of the manager can be mapped.'];
  if (first === 'profile') {
    return second === undefined ? ['it is the whole profile', 'Name one attribute: profile.department.'] : null;
  }
  if (topLevel.has(first)) return null;
  const why = 'a user of Okta has no such property';
  if (isGroups.test(first)) return [why, nameTheGroup];
  if (first === 'user')
    return [
      why,
      `Attributes are in the profile: profile.${second === 'profile' ? (rest[0] ?? 'login') : (second ?? 'login')}.`,
    ];
  const elsewhere = inProfile(first);
  if (elsewhere === null) return [why, `Attributes are in the profile: profile.${first}.`];
  return [why, `Did you mean profile.${elsewhere}? An attribute of your own is profile.${first}.`];
};

/** What the default profile calls an attribute that others name so; null where it is called the same, or has none. */
const inProfile = (name: string): string | null => {
  const word = name.toLowerCase();
  return Object.hasOwn(namesElsewhere, word) ? (namesElsewhere[word] ?? null) : null;
};

/** The query parameter that selects (Okta: list users, `fields`). */
export const fieldsOf = ({ top, profile }: Selection): string =>
  [...top, ...(profile.size === 0 ? [] : [`profile:(${[...profile].join(',')})`])].join(',');
