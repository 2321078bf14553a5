import type { LabelWire } from '../../../src/api/schemas/labels.ts';
import type {
  EndCountsWire,
  EndPageWire,
  FoundPeopleWire,
  PersonHistoryWire,
  PersonWire,
} from '../../../src/api/schemas/people.ts';
import { get, post, query } from './ask.ts';

export type Label = LabelWire;
export type FoundPeople = FoundPeopleWire;
export type EndCounts = EndCountsWire;
export type EndPage = EndPageWire;
export type Person = PersonWire;
export type PersonHistory = PersonHistoryWire;

const at = (connector: string): string => `/api/connectors/${encodeURIComponent(connector)}/people`;

/** People by the beginning of name, login or mail; what was typed goes in the body, never in an address. */
export const searchPeople = (
  connector: string,
  wanted: { text: string; directory?: boolean; cursor?: string | null },
): Promise<FoundPeople> => post(`${at(connector)}/search`, wanted);

/** Why people are not in tune, counted. */
export const countPeople = (connector: string): Promise<EndCounts> => get(`${at(connector)}/reasons`);

/** Who is not in tune. */
export const listPeople = (
  connector: string,
  filter: { target?: string; outcome?: string; reason?: string; cursor?: string | null; limit?: number },
): Promise<EndPage> => get(`${at(connector)}${query(filter)}`);

/** What the ledger knows of a person. */
export const getPerson = (connector: string, person: string): Promise<Person> =>
  get(`${at(connector)}/${encodeURIComponent(person)}`);

/** What runs changed for a person. */
export const personHistory = (connector: string, person: string, cursor: string | null): Promise<PersonHistory> =>
  get(`${at(connector)}/${encodeURIComponent(person)}/history${query({ cursor })}`);
