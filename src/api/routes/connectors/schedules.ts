import { z } from 'zod';
import { Failure } from '../../../core/failure.ts';
import { type ScheduleEntry, scheduleName } from '../../../core/schedules/schedule.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { ScheduleListWire } from '../../schemas/schedules.ts';
import { scheduleViews } from '../../views/schedule.ts';

const params = z.object({ id: z.string() });
const Resume = z.strictObject({
  schedule: z.string().optional().describe('the name of one schedule; without, all of the connector'),
  comment: z.string().trim().min(1).max(500).optional(),
});
const Pause = Resume.extend({
  until: z.iso
    .datetime({ offset: true })
    .refine((until) => Date.parse(until) > Date.now(), 'must be in the future')
    .optional()
    .describe('when they resume automatically; without it, until they are resumed'),
});

/** Shows when a connector runs automatically, pauses its schedules, and resumes them. */
export const scheduleRoutes = (app: Api, { ledger, config, schedules }: ApiParts): void => {
  const entriesOf = async (id: string): Promise<{ connector: string; entries: readonly ScheduleEntry[] }> => {
    const { connector, definition } = await namedConnector(ledger, id);
    return { connector, entries: config.readDefinition(definition).connector.schedules };
  };
  const view = async (connector: string, entries: readonly ScheduleEntry[]): Promise<ScheduleListWire> => ({
    schedules: [...scheduleViews(entries, await schedules.states(connector, entries))],
  });

  app.get(
    '/api/connectors/:id/schedules',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listSchedules',
        summary: 'The schedules of a connector in words, with their next times',
        params,
        response: answers({ 200: ScheduleListWire }),
      },
    },
    async (request) => {
      const { connector, entries } = await entriesOf(request.params.id);
      return view(connector, entries);
    },
  );

  for (const [action, operationId, summary, body] of [
    [
      'pause',
      'pauseSchedules',
      'Pause the schedules of a connector, or one of them, until a given time or until they are resumed',
      Pause.nullish(),
    ],
    ['resume', 'resumeSchedules', 'Resume paused schedules', Resume.nullish()],
  ] as const) {
    app.post(
      `/api/connectors/:id/schedules/${action}`,
      {
        config: { can: 'configure' },
        schema: { operationId, summary, params, body, response: answers({ 200: ScheduleListWire }) },
      },
      async (request) => {
        const { who } = request;
        const { connector, entries } = await entriesOf(request.params.id);
        const { schedule, comment = null, until = null } = wantedOf(request.body);
        const meant = entries.filter((entry) => schedule === undefined || scheduleName(entry) === schedule);
        if (meant.length === 0) {
          throw new Failure('notFound', 'The connector has no such schedule.', {
            remedy: '`attune connectors` (GET /api/connectors/{id}/schedules) lists the existing ones.',
          });
        }
        const note = `${action === 'pause' ? 'paused' : 'resumed'} by ${who}${comment === null ? '' : `: ${comment}`}`;
        await schedules.pause(connector, meant, {
          paused: action === 'pause',
          until: until === null ? null : new Date(until),
          note,
        });
        const subject = schedule === undefined ? connector : `${connector}/${schedule}`;
        await audit(ledger, { who, action: `schedule.${action}`, subject, comment });
        return view(connector, entries);
      },
    );
  }
};

/** What a request asks for; nothing asked means all schedules of the connector. */
const wantedOf = (body: z.infer<typeof Pause> | z.infer<typeof Resume> | null | undefined): z.infer<typeof Pause> =>
  body ?? {};
