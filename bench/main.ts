import { type Findings, printFindings, together } from './findings.ts';
import { full, type Part, parts, standard } from './suite.ts';
import { closeAll } from './system/attune.ts';
import { thisMachine } from './system/machine.ts';

const usage = `npm run bench [-- [name] [--full] [--json] [--users N]]
  without a name   every part, meant for a quarter of an hour on a quiet machine
  --full           every part in every size, in hours
  --json           print only JSON on standard output: { machine, bars, tables }
  --users N        how many people, for one part by name: ${Object.keys(parts).join(', ')}
`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(usage);
  process.exit();
}
const json = args.includes('--json');
const [name] = args.filter((word) => !word.startsWith('--') && !/^\d+$/.test(word));
const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

const chosen = (): readonly (readonly [name: string, part: Part])[] | null => {
  if (name === undefined) return args.includes('--full') ? full : standard;
  const part = Object.entries(parts).find(([one]) => one === name);
  return part === undefined ? null : [part];
};

/** A part that breaks off is told like a bar that does not hold, and costs no other part. */
const findingsOf = async (part: string, work: Part): Promise<Findings> => {
  try {
    return await work(args, say);
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : 'unknown');
    return { bars: [{ id: part, bar: `${part}: ends`, measured: 'broke off', holds: false }], tables: [] };
  }
};

// Whoever breaks it off finds nothing of it running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void closeAll().finally(() => process.exit(130)));
}

const wanted = chosen();
if (wanted === null) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  const machine = thisMachine();
  const all: Findings[] = [];
  for (const [part, work] of wanted) all.push(await findingsOf(part, work));
  const findings = together(all);
  if (json) process.stdout.write(`${JSON.stringify({ machine, ...findings })}\n`);
  else {
    console.log(
      Object.entries(machine)
        .map(([what, value]) => `${what} ${value}`)
        .join(', '),
    );
    printFindings(findings);
  }
  process.exitCode = findings.bars.some(({ holds }) => holds === false) ? 1 : 0;
}
