import type { ReactNode } from 'react';
import type { Label } from '../api/people.ts';

/** What a person is called where names are shown and known, else enough of the id to tell one from another. */
export const personName = (person: string, label: Label | null, shown: boolean): ReactNode => {
  const name = label?.name ?? label?.login ?? null;
  return shown && name !== null ? <bdi>{name}</bdi> : `Person ${person.slice(0, 8)}`;
};
