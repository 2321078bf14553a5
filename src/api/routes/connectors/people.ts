import { z } from 'zod';
import { isFailure } from '../../../core/failure.ts';
import { outcomes } from '../../../core/report/outcome.ts';
import { toldReason } from '../../../core/report/reasons.ts';
import { auditLook } from '../../../ledger/access/audit.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { labelsOf, searchLabels } from '../../../ledger/links/labels.ts';
import { profilesOf } from '../../../ledger/links/sample-profiles.ts';
import { personHistory } from '../../../ledger/plan/person-history.ts';
import { countLatestEnds, type LatestEnd, listLatestEnds } from '../../../ledger/runs/latest-ends.ts';
import { cursorOf, opaqueCursor, pageOf } from '../../cursor.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { EndCountsWire, EndPageWire, FoundPeopleWire, PersonHistoryWire, PersonWire } from '../../schemas/people.ts';
import { namesFor, openNames } from '../../views/labels.ts';

const params = z.object({ id: z.string() });
const Person = z.object({ id: z.string(), person: z.string().min(1).max(320) });
const Limit = z.coerce.number().int().min(1).max(1000).default(100);

/** How long one answer of a search may take; what is left of the directory is asked for with the next one. */
const searchMs = 1_500;

/** How many runs one answer of a person's history goes back. */
const runsAtOnce = 20;

/** Finds people: by what they are called, and by why they are not in tune; and tells what the ledger knows of one. */
export const peopleRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.post(
    '/api/connectors/:id/people/search',
    {
      config: { can: 'values' },
      schema: {
        operationId: 'searchPeople',
        summary:
          'People by the beginning of name, login or mail; the directory itself finds only exact logins and mail addresses',
        params,
        // In the body, since addresses are written down in many places.
        body: z.strictObject({
          text: z.string().trim().min(1).max(320),
          directory: z
            .boolean()
            .default(false)
            .describe('ask the directory instead of searching the people that runs have seen'),
          cursor: opaqueCursor(z.tuple([z.string()])).nullish(),
          limit: z.int().min(1).max(200).default(50),
        }),
        response: answers({ 200: FoundPeopleWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const { text, directory, cursor, limit } = request.body;
      await auditLook(ledger, { who: request.who, action: 'people.search', subject: connector });
      if (directory) {
        const person = await starter.findUser({ connector, key: text }).catch((error: unknown) => {
          if (isFailure(error) && error.kind === 'notFound') return null;
          throw error;
        });
        if (person === null) return { people: [], next: null };
        const label = (await labelsOf(ledger, connector, [person])).get(person) ?? null;
        return { people: [{ person, label }], next: null };
      }
      const page = { after: cursor?.[0] ?? null, limit, withinMs: searchMs };
      const { people, last } = await searchLabels(ledger, connector, text, page);
      return { people: [...people], next: last === null ? null : cursorOf([last]) };
    },
  );

  app.get(
    '/api/connectors/:id/people',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listPeople',
        summary: 'People who are not in tune, by how their last runs ended; the others are only counted in reports',
        params,
        querystring: z.strictObject({
          target: z.string().optional(),
          outcome: z.enum(outcomes).optional(),
          reason: z.string().optional(),
          cursor: opaqueCursor(z.tuple([z.string(), z.string()])).optional(),
          limit: Limit,
        }),
        response: answers({ 200: EndPageWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const { target, outcome, reason, cursor, limit } = request.query;
      const filter = { target: target ?? null, outcome: outcome ?? null, reason: reason ?? null, person: null };
      const after = cursor === undefined ? null : { target: cursor[0], person: cursor[1] };
      const found = await listLatestEnds(ledger, connector, filter, { after, limit: limit + 1 });
      const { page, next } = pageOf(found, limit, (one) => [one.target, one.person]);
      const others = page.flatMap(({ facts }) => facts?.people ?? []);
      const { called, names } = await namesFor(ledger, request, { id: connector, connector }, page, others);
      return {
        people: page.map((one) => ({ person: one.person, ...called(one), ...endOf(one) })),
        names,
        next,
      };
    },
  );

  app.get(
    '/api/connectors/:id/people/reasons',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'countPeople',
        summary: 'Why people are not in tune, counted, each with what can be done about it',
        params,
        response: answers({ 200: EndCountsWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const counts = await countLatestEnds(ledger, connector);
      return { reasons: counts.map((one) => ({ ...one, ...toldReason({ reason: one.reason }) })) };
    },
  );

  app.get(
    '/api/connectors/:id/people/:person',
    {
      config: { can: 'values' },
      schema: {
        operationId: 'getPerson',
        summary: 'What the ledger knows about a person, without asking the directory or a target',
        params: Person,
        response: answers({ 200: PersonWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const { person } = request.params;
      await auditLook(ledger, { who: request.who, action: 'person.read', subject: `${connector}/${person}` });
      const whole = { after: null, limit: 100 };
      const ends = await listLatestEnds(
        ledger,
        connector,
        { target: null, outcome: null, reason: null, person },
        whole,
      );
      const known = (await profilesOf(ledger, connector, [person])).get(person) ?? [];
      const rows = known.map((one) => ({ ...one, person }));
      const others = [person, ...ends.flatMap(({ facts }) => facts?.people ?? [])];
      const { called, names } = await openNames(ledger, connector, rows, others);
      return {
        person,
        label: names[person] ?? null,
        names,
        ends: ends.map(endOf),
        targets: Object.fromEntries(
          rows.map((one) => [
            one.target,
            {
              username: called(one).username,
              values: [...one.values].map(([attribute, { value, ours }]) => ({ attribute, value, ours })),
            },
          ]),
        ),
      };
    },
  );

  app.get(
    '/api/connectors/:id/people/:person/history',
    {
      config: { can: 'values' },
      schema: {
        operationId: 'listPersonHistory',
        summary: 'What runs changed for a person, newest first, as far back as runs are kept',
        params: Person,
        querystring: z.strictObject({ cursor: opaqueCursor(z.tuple([z.string()])).optional() }),
        response: answers({ 200: PersonHistoryWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const { person } = request.params;
      await auditLook(ledger, { who: request.who, action: 'person.history', subject: `${connector}/${person}` });
      const page = { after: request.query.cursor?.[0] ?? null, runs: runsAtOnce };
      const { changes, last } = await personHistory(ledger, { connector, person }, page);
      return {
        changes: changes.map((one) => ({ ...one, at: one.at.toISOString() })),
        next: last === null ? null : cursorOf([last]),
      };
    },
  );
};

const endOf = (end: LatestEnd) => ({
  target: end.target,
  outcome: end.outcome,
  run: end.run,
  at: end.at.toISOString(),
  ...toldReason(end),
});
