import { ConnectorWire } from '../../api/schemas/connectors.ts';
import { OverviewWire } from '../../api/schemas/overview.ts';
import { moment } from '../../client/moment.ts';
import { table } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

/** `attune connectors`: what is configured, how it is, and when it runs. */
export const registerConnectors = (cli: Cli): void => {
  cli.program
    .command('connectors')
    .argument('[id]', 'show the definition of this one')
    .description('list the connectors with their health, their last and their next run')
    .option('--json', 'print only JSON')
    .action((id: string | undefined, options: JsonOption) =>
      act(cli, options, async (client) => {
        if (id !== undefined) {
          const connector = await client.get(`/api/connectors/${encodeURIComponent(id)}`, ConnectorWire);
          cli.io.out(JSON.stringify(connector, null, options.json ? 0 : 2));
          return 0;
        }
        const { connectors } = await client.get('/api/overview', OverviewWire);
        if (connectors.length === 0 && !options.json) cli.io.err(noneYet);
        cli.io.out(options.json ? JSON.stringify(connectors) : table(heads, connectors.map(rowOf)));
        return 0;
      }),
    );
};

const noneYet =
  'No connector yet: `attune init` creates a first document, `attune serve --config <file>` starts with it.';

const heads = ['connector', 'version', 'managed by', 'health', 'last done', 'next run', 'schedules'] as const;

type Connector = OverviewWire['connectors'][number];

const rowOf = ({ id, version, managedBy, health, lastDone, next, schedules }: Connector) => [
  id,
  version,
  managedBy,
  health.state,
  lastDone === null ? 'never' : moment(lastDone),
  next === null ? 'none' : moment(next),
  schedules.map(scheduleText).join('; ') || 'none',
];

const scheduleText = ({ text, mode, timeZone, isSet, paused }: Connector['schedules'][number]): string =>
  `${text}${timeZone === null ? '' : ` (${timeZone})`}, ${mode}${paused ? ', paused' : isSet ? '' : ', not set'}`;
