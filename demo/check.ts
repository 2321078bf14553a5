import type { Report } from '../src/core/report/report.ts';
import { type CheckedAccount, type CheckedPerson, type Expected, expect, type Product } from './checker.ts';
import type { Control } from './control.ts';

/** People and accounts before a run, to hold its result against; the first run must ask about everybody. */
export type Before = { first: boolean; people: CheckedPerson[]; accounts: Record<Product, CheckedAccount[]> };

/** One thing checked, and whether it holds. */
export type Checked = { what: string; ok: boolean };

/** Reads the current state of the sandbox, and clears its journal. */
export const look = async (control: Control, first: boolean): Promise<Before> => {
  await control.clearJournal();
  const [jira, wiki] = [await control.accounts('jira'), await control.accounts('wiki')];
  return { first, people: await control.people(), accounts: { jira, wiki } };
};

const sumsHold = ({ targets, read }: Report): boolean =>
  Object.values(targets).every(
    ({
      changes: _changes,
      adopted: _adopted,
      calls: _calls,
      kept: _kept,
      reasons: _reasons,
      parity: _parity,
      leavers: _leavers,
      ...outcomes
    }) => Object.values(outcomes).reduce((sum, each) => sum + each, 0) === read.users,
  );

const same = (accounts: CheckedAccount[], { tables }: Expected): boolean =>
  accounts.length === tables.size &&
  accounts.every(({ username, properties }) => {
    const wanted = tables.get(username) ?? {};
    const keys = new Set([...Object.keys(wanted), ...Object.keys(properties)]);
    return [...keys].every((key) => wanted[key] === properties[key]);
  });

const outcomesAre = (report: Report, product: Product, { outcomes }: Expected): boolean => {
  const found = new Map<string, unknown>(Object.entries(report.targets[product] ?? {}));
  return Object.entries(outcomes).every(([outcome, count]) => found.get(outcome) === count);
};

const checkProduct = async (report: Report, product: Product, before: Before, control: Control): Promise<Checked[]> => {
  const expected = expect(product, before.people, before.accounts[product]);
  const { writes, asked } = await control.traffic(product);
  if (report.intent === 'plan') return [{ what: `${product}: nothing was written`, ok: writes.length === 0 }];
  const now = await control.accounts(product);
  const counts = Object.entries(expected.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  const changed = new Set([...expected.writes].map((write) => write.split(' ')[0]));
  const unchanged = [...asked].filter((username) => username !== 'svc-attune' && !changed.has(username));
  return [
    { what: `${product}: ${counts.join(', ')}`, ok: outcomesAre(report, product, expected) },
    {
      what: `${product}: ${expected.writes.size} values written, each once`,
      ok: writes.length === expected.writes.size && writes.every((write) => expected.writes.has(write)),
    },
    { what: `${product}: all ${now.length} accounts hold what the table says`, ok: same(now, expected) },
    ...(before.first ? [] : [{ what: `${product}: no request about anybody unchanged`, ok: unchanged.length === 0 }]),
  ];
};

/** Holds a report against the sandbox's own journal and stores, and against a table worked out independently. */
export const check = async (report: Report, before: Before, control: Control): Promise<Checked[]> => {
  const status = report.intent === 'plan' ? 'planned' : 'done';
  return [
    { what: `the run is ${status}`, ok: report.status === status },
    { what: 'everybody in the directory was read', ok: report.read.users === before.people.length },
    { what: 'each of them is in one column of the report', ok: sumsHold(report) },
    ...(await checkProduct(report, 'jira', before, control)),
    ...(await checkProduct(report, 'wiki', before, control)),
  ];
};
