import { type ChangeLog, createChangeLog } from './change-log.ts';
import { createGroups, type Groups } from './groups.ts';
import { makePerson, managerOf } from './people.ts';
import type { Person } from './types.ts';

/** A person's place in a listing; it changes whenever the person is edited. */
export type Place = { position: number; id: string };

/** The identity provider's people and groups, editable while they are being listed. */
export type Directory = {
  readonly log: ChangeLog;
  readonly groups: Groups;
  size(): number;
  find(idOrLogin: string): Person | undefined;
  managerOf(id: string): Person | undefined;
  reportsOf(id: string): Person[];
  all(): Iterable<Person>;
  /** People after a position, in the order of the listing. */
  after(position: number, limit: number, keep: (person: Person) => boolean): { position: number; person: Person }[];
  /** Edits a person, who moves in the listing; `managerId` is their manager, null for none. */
  edit(id: string, attributes: Record<string, unknown>): boolean;
  add(person: Person): void;
  remove(id: string, gone?: 'changed' | 'deleted'): boolean;
};

/** Makes the directory of a seed's world; its edits are dated by `now`. */
export const createDirectory = (users: number, seed: number, now: () => number = Date.now): Directory => {
  const log = createChangeLog(now);
  const people = new Map<string, Person>();
  const logins = new Map<string, string>();
  const managers = new Map<string, string>();
  const positions = new Map<string, number>();
  let places: Place[] = [];
  let first = 0;
  let last = 0;
  let edits = 0;
  const put = (person: Person, end: 'first' | 'last') => {
    people.set(person.id, person);
    logins.set(person.userPrincipalName.toLowerCase(), person.id);
    const place = { position: end === 'last' ? ++last : --first, id: person.id };
    positions.set(person.id, place.position);
    if (end === 'last') places.push(place);
    else places.unshift(place);
  };
  const take = (person: Person) => {
    people.delete(person.id);
    logins.delete(person.userPrincipalName.toLowerCase());
    positions.delete(person.id);
    // Left places are skipped, and cleared away when there are as many as people.
    if (places.length > 2 * people.size + 100)
      places = places.filter(({ id, position }) => positions.get(id) === position);
  };
  for (let index = 0; index < users; index += 1) put(makePerson(seed, index), 'last');
  places.forEach(({ id }, index) => {
    const manager = managerOf(index);
    const managerId = manager === null ? undefined : places[manager]?.id;
    if (managerId !== undefined) managers.set(id, managerId);
  });
  const startOf = (position: number) => {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((places[middle]?.position ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const setManager = (id: string, managerId: unknown) => {
    if (typeof managerId === 'string') managers.set(id, managerId);
    else managers.delete(id);
  };
  return {
    log,
    groups: createGroups(),
    size: () => people.size,
    find: (key) => people.get(key.toLowerCase()) ?? people.get(logins.get(key.toLowerCase()) ?? ''),
    managerOf: (id) => people.get(managers.get(id) ?? ''),
    reportsOf: (id) => [...managers].flatMap(([report, manager]) => (manager === id ? (people.get(report) ?? []) : [])),
    all: () => people.values(),
    after(position, limit, keep) {
      const found: { position: number; person: Person }[] = [];
      for (let at = startOf(position); at < places.length && found.length < limit; at += 1) {
        const place = places[at];
        if (place === undefined || positions.get(place.id) !== place.position) continue;
        const person = people.get(place.id);
        if (person !== undefined && keep(person)) found.push({ position: place.position, person });
      }
      return found;
    },
    edit(id, { managerId, ...attributes }) {
      const person = people.get(id);
      if (person === undefined) return false;
      take(person);
      edits += 1;
      put({ ...person, ...attributes, id }, edits % 2 === 0 ? 'first' : 'last');
      if (managerId !== undefined) setManager(id, managerId);
      log.add({
        id,
        attributes: new Set([...Object.keys(attributes), ...(managerId === undefined ? [] : ['manager'])]),
      });
      return true;
    },
    add({ managerId, ...person }) {
      put({ ...person }, 'last');
      if (managerId !== undefined) setManager(person.id, managerId);
      log.add({ id: person.id, attributes: 'all' });
    },
    remove(id, gone = 'deleted') {
      const person = people.get(id);
      if (person === undefined) return false;
      take(person);
      managers.delete(id);
      log.add({ id, attributes: 'all', gone });
      return true;
    },
  };
};
