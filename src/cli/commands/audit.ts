import { InvalidArgumentError } from 'commander';
import { AuditPageWire } from '../../api/schemas/audit.ts';
import { table } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

type AuditOptions = JsonOption & {
  readonly who?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly limit: number;
};

/** `attune audit`: who did what. */
export const registerAudit = (cli: Cli): void => {
  cli.program
    .command('audit')
    .description('list who did what, newest first: starts, decisions, changes to the document, tokens, looks at values')
    .option('--who <token>', 'by the token with this name')
    .option('--action <action>', 'of this kind: run, run.approve, connector, token, person')
    .option('--subject <subject>', 'about this run, connector or token')
    .option('--limit <n>', 'how many at most, up to 1000', parseLimit, 50)
    .option('--json', 'print only JSON')
    .action(({ json = false, limit, ...filter }: AuditOptions) =>
      act(cli, { json }, async (client) => {
        const query = new URLSearchParams({ limit: String(limit), ...filter });
        const { entries } = await client.get(`/api/audit?${query}`, AuditPageWire);
        const rows = entries.map((one) => [one.at, one.who, one.action, one.subject, one.comment ?? '']);
        cli.io.out(json ? JSON.stringify(entries) : table(['at', 'who', 'did', 'what', 'why'], rows));
        return 0;
      }),
    );
};

const parseLimit = (text: string): number => {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new InvalidArgumentError('Use a number from 1 to 1000.');
};
