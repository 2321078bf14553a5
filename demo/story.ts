import { ChangePageWire } from '../src/api/schemas/run-lists.ts';
import { type RunWire, StartedWire } from '../src/api/schemas/runs.ts';
import { createClient } from '../src/client/client.ts';
import { type Display, followRun } from '../src/client/follow.ts';
import { reportText } from '../src/client/report-text.ts';
import { table } from '../src/client/table.ts';
import type { Report } from '../src/core/report/report.ts';
import { type Checked, check, look } from './check.ts';
import type { Control, Edit } from './control.ts';
import type { DemoServer } from './server.ts';

/** What the story is told with. */
export type Stage = {
  args: { users: number; plan: boolean };
  server: DemoServer;
  control: Control;
  /** A new one for each run, as a bar ends with its run. */
  display: () => Promise<Display>;
  say: (text: string) => void;
};

/** The result of the demo: both reports, what the sandbox counted in each run, and the worker's memory in MiB. */
export type Told = {
  ok: boolean;
  reports: Report[];
  sandbox: Record<string, number>[];
  checks: Checked[];
  memory: { now: number; highest: number } | null;
};

const edited = 20;
const shown = 3;

/** A full sync, some edits in the identity provider, and another one that writes only what changed. */
export const play = async (stage: Stage): Promise<Told> => {
  const { control, say, server } = stage;
  const reports: Report[] = [];
  const sandbox: Record<string, number>[] = [];
  const checks: Checked[] = [];
  const run = async (first: boolean, edit: () => Promise<Edit[]>): Promise<Edit[]> => {
    const edits = await edit();
    const before = await look(control, first);
    const report = await sync(stage);
    reports.push(report);
    const found = await check(report, before, control);
    checks.push(...found);
    sandbox.push(await control.counts());
    say(reportText(report));
    say(`\nChecked against the products' own journals:\n${found.map(checkText).join('\n')}\n`);
    return edits;
  };
  await run(true, async () => []);
  say(`Editing ${edited} people in the identity provider, and syncing again.\n`);
  const edits = await run(false, () => control.edit(edited));
  say(await changesText(stage, reports.at(-1), edits));
  const memory = await server.memory();
  if (memory !== null)
    say(`\nThe worker's resident memory: ${memory.now} MiB now, ${memory.highest} MiB at its highest.`);
  return { ok: checks.every(({ ok }) => ok), reports, sandbox, checks, memory };
};

const checkText = ({ what, ok }: Checked): string => `  ${ok ? 'yes' : 'NO '}  ${what}`;

const sync = async ({ args, server, display, say }: Stage): Promise<Report> => {
  const client = createClient(server.access);
  const intent = args.plan ? 'plan' : 'apply';
  const started = await client.post('/api/connectors/sandbox/runs', { mode: 'full', intent }, StartedWire);
  const ended = await followRun(client, started.run, await display());
  if (ended.status !== 'awaitingApproval') return reportOf(ended);
  say(`${reportText(reportOf(ended))}\n\nApproving it, as an administrator who has looked at the plan would.\n`);
  const approved = await client.post(`/api/runs/${ended.id}/approve`, null, StartedWire);
  return reportOf(await followRun(client, approved.run, await display()));
};

const reportOf = ({ report, id }: RunWire): Report => {
  if (report === null) throw new Error(`The run ${id} ended without a report.`);
  return report;
};

const changesText = async ({ server }: Stage, report: Report | undefined, edits: Edit[]): Promise<string> => {
  if (report === undefined) return '';
  const client = createClient(server.access);
  const { changes } = await client.get(`/api/runs/${report.run}/changes?limit=1000`, ChangePageWire);
  const names = new Map(edits.map(({ id, userPrincipalName }) => [id, userPrincipalName]));
  const of = changes.filter(({ person }) => names.has(person));
  const people = edits
    .map(({ id }) => id)
    .filter((id) => of.some(({ person }) => person === id))
    .slice(0, shown);
  const rows = of
    .filter(({ person }) => people.includes(person))
    .map(({ target, person, attribute, before, after }) => [
      names.get(person) ?? '',
      target,
      attribute,
      before ?? '(empty)',
      after ?? '(empty)',
    ]);
  return `What changed for ${people.length} of them:\n${table(['person', 'target', 'attribute', 'before', 'after'], rows)}`;
};
