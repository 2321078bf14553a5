import { makePerson, managerOf } from './people.ts';
import type { Person } from './types.ts';

/** A person's place in a listing; it changes whenever the person is edited. */
export type Place = { position: number; id: string };

/** The identity provider's people, editable while they are being listed. */
export type Directory = {
  size(): number;
  find(idOrLogin: string): Person | undefined;
  managerOf(id: string): Person | undefined;
  all(): Iterable<Person>;
  /** People after a position, in the order of the listing. */
  after(position: number, limit: number, keep: (person: Person) => boolean): { position: number; person: Person }[];
  edit(id: string, attributes: Record<string, unknown>): boolean;
  add(person: Person): void;
  remove(id: string): boolean;
};

/** Makes the directory of a seed's world. */
export const createDirectory = (users: number, seed: number): Directory => {
  const people = new Map<string, Person>();
  const logins = new Map<string, string>();
  const managers = new Map<string, string>();
  let places: Place[] = [];
  let first = 0;
  let last = 0;
  let edits = 0;
  const put = (person: Person, end: 'first' | 'last') => {
    people.set(person.id, person);
    logins.set(person.userPrincipalName.toLowerCase(), person.id);
    if (end === 'last') places.push({ position: ++last, id: person.id });
    else places.unshift({ position: --first, id: person.id });
  };
  const take = (person: Person) => {
    people.delete(person.id);
    logins.delete(person.userPrincipalName.toLowerCase());
    places = places.filter(({ id }) => id !== person.id);
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
  return {
    size: () => people.size,
    find: (key) => people.get(key.toLowerCase()) ?? people.get(logins.get(key.toLowerCase()) ?? ''),
    managerOf: (id) => people.get(managers.get(id) ?? ''),
    all: () => people.values(),
    after(position, limit, keep) {
      const found: { position: number; person: Person }[] = [];
      for (let at = startOf(position); at < places.length && found.length < limit; at += 1) {
        const place = places[at];
        const person = place === undefined ? undefined : people.get(place.id);
        if (place !== undefined && person !== undefined && keep(person))
          found.push({ position: place.position, person });
      }
      return found;
    },
    edit(id, attributes) {
      const person = people.get(id);
      if (person === undefined) return false;
      take(person);
      edits += 1;
      put({ ...person, ...attributes, id }, edits % 2 === 0 ? 'first' : 'last');
      return true;
    },
    add: (person) => put(person, 'last'),
    remove(id) {
      const person = people.get(id);
      if (person === undefined) return false;
      take(person);
      return true;
    },
  };
};
