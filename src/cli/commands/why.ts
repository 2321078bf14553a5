import { InvalidArgumentError } from 'commander';
import { WhyWire } from '../../api/schemas/targets.ts';
import { quoted } from '../../client/quoted.ts';
import { keptSaid } from '../../core/report/kept.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

/** `attune why`: where the current value in an account came from. */
export const registerWhy = (cli: Cli): void => {
  cli.program
    .command('why')
    .argument('<target>')
    .argument('<account>', 'the username at the target')
    .argument('<attribute>', 'field:<name> or userProperty:<name>', parseAttribute)
    .description('show which run, document version and row gave the current value in an account')
    .option('--json', 'print only JSON')
    .action((target: string, account: string, attribute: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const path = `/api/targets/${encodeURIComponent(target)}/why`;
        const told = await client.post(path, { account, attribute }, WhyWire);
        cli.io.out(options.json ? JSON.stringify(told) : whyText(told));
        return 0;
      }),
    );
};

/** Where a value comes from, as a person reads it. */
export const whyText = (told: WhyWire): string => {
  const { write, lastSeen } = told;
  const lines = [
    `${told.attribute} of ${JSON.stringify(told.account)}: ${told.value === null ? 'nothing' : quoted(told.value)}`,
    told.value === null && told.origin === 'foreign'
      ? 'There is no value, and none of Attune’s was there.'
      : origins[told.origin],
  ];
  if (told.connector !== null) lines.push(`Connector ${told.connector}, person ${told.person ?? ''}.`);
  if (told.kept !== null) lines.push(`The value of the mapping is not written: ${keptSaid[told.kept]}.`);
  if (write !== null) {
    const before = write.before === null ? 'nothing' : quoted(write.before);
    lines.push(
      `Last written at ${write.at} by run ${write.run} (version ${write.version}, started by ${write.startedBy}), over ${before}.`,
    );
  }
  for (const { row, when, from } of told.rows) {
    const condition = when === null ? '' : `, when ${JSON.stringify(when)}`;
    lines.push(`Row ${row + 1} of version ${told.version ?? ''}: from ${JSON.stringify(from)}${condition}.`);
  }
  if (lastSeen !== null) lines.push(`Last read by run ${lastSeen.run}, with the person's data as of ${lastSeen.at}.`);
  return lines.join('\n');
};

const origins: Readonly<Record<WhyWire['origin'], string>> = {
  written: 'Written by Attune and unchanged since.',
  adopted: 'The value was already there when a run first wanted it; since then Attune counts it as its own.',
  foreign: "Somebody else's value, which Attune does not overwrite.",
  changedSince: 'Somebody else has changed the value since Attune wrote it.',
  unknown: 'Attune knows nothing about this value.',
  forgotten: "Attune's own value, written or found here by a run that is no longer kept.",
};

const parseAttribute = (text: string): string => {
  if (/^(field|userProperty):./.test(text)) return text;
  if (/^(field|userProperty):$/.test(text)) throw new InvalidArgumentError(`Name the attribute: "${text}<name>".`);
  throw new InvalidArgumentError(`Name its kind: "field:${text}" or "userProperty:${text}".`);
};
