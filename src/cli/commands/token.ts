import { InvalidArgumentError } from 'commander';
import { NewTokenWire, TokenListWire } from '../../api/schemas/tokens.ts';
import { table } from '../../client/table.ts';
import { abilities, abilityMeaning } from '../../core/abilities.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

/** `attune token`: the tokens of the HTTP API. */
export const registerToken = (cli: Cli): void => {
  const token = cli.program.command('token').description('create, list and revoke the tokens of the HTTP API');

  token
    .command('add')
    .argument('<name>')
    .description('create a token and print it; it is shown only once')
    .requiredOption('--can <abilities>', `what it may do, comma-separated: ${abilities.join(',')}`, parseAbilities)
    .option('--days <n>', 'how many days it is valid; without it, until it is revoked', parseDays)
    .addHelpText(
      'after',
      `\nAbilities:\n${abilities.map((one) => `  ${one.padEnd(10)}${abilityMeaning[one]}`).join('\n')}`,
    )
    .option('--json', 'print only JSON')
    .action((name: string, options: JsonOption & { can: string[]; days?: number }) =>
      act(cli, options, async (client) => {
        const made = await client.post(
          '/api/tokens',
          { name, can: options.can, days: options.days ?? null },
          NewTokenWire,
        );
        cli.io.out(options.json ? JSON.stringify(made) : made.token);
        return 0;
      }),
    );

  token
    .command('list')
    .description('list the valid tokens, without their text')
    .option('--json', 'print only JSON')
    .action((options: JsonOption) =>
      act(cli, options, async (client) => {
        const { tokens } = await client.get('/api/tokens', TokenListWire);
        cli.io.out(
          options.json
            ? JSON.stringify(tokens)
            : table(
                ['name', 'can', 'made', 'by', 'expires', 'last used'],
                tokens.map((one) => [
                  one.name,
                  one.can.join(','),
                  one.createdAt,
                  one.createdBy,
                  one.expiresAt ?? 'never',
                  one.lastUsedAt ?? 'never',
                ]),
              ),
        );
        return 0;
      }),
    );

  token
    .command('revoke')
    .argument('<name>')
    .description('revoke a token')
    .option('--json', 'print only JSON')
    .action((name: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        await client.remove(`/api/tokens/${encodeURIComponent(name)}`);
        cli.io.out(options.json ? JSON.stringify({ revoked: name }) : `${name}: revoked`);
        return 0;
      }),
    );
};

const parseAbilities = (text: string): string[] => {
  const named = text.split(',').map((one) => one.trim());
  if (named.every((one) => abilities.some((ability) => ability === one))) return named;
  throw new InvalidArgumentError(`Choose from ${abilities.join(', ')}.`);
};

const parseDays = (text: string): number => {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError('Use a number of days from 1 to 3650.');
};
