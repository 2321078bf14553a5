import { LinkWire } from '../../api/schemas/connectors.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

const pathOf = (connector: string): string => `/api/connectors/${encodeURIComponent(connector)}/links`;

/** `attune link`: from now on this account is the person's, whatever the match finds. */
export const registerLink = (cli: Cli): void => {
  cli.program
    .command('link')
    .argument('<connector>')
    .argument('<user>', 'an id, login or mail at the source')
    .argument('<target>')
    .argument('<account>', 'the username at the target')
    .description('link a person to an account by hand; this overrides the match rules')
    .option('--json', 'print only JSON')
    .action((connector: string, user: string, target: string, account: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const link = await client.post(pathOf(connector), { user, target, account }, LinkWire);
        const sentence = `From the next run on, person ${link.person} is linked to ${JSON.stringify(link.account)} at ${target}.`;
        cli.io.out(options.json ? JSON.stringify(link) : sentence);
        return 0;
      }),
    );
};

/** `attune unlink`: takes a link made by hand back. */
export const registerUnlink = (cli: Cli): void => {
  cli.program
    .command('unlink')
    .argument('<connector>')
    .argument('<user>', 'an id, login or mail at the source')
    .argument('<target>')
    .description('remove a link made by hand; the next run looks for the account again')
    .option('--json', 'print only JSON')
    .action((connector: string, user: string, target: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const wire = LinkWire.pick({ person: true });
        const { person } = await client.post(`${pathOf(connector)}/remove`, { user, target }, wire);
        cli.io.out(
          options.json
            ? JSON.stringify({ person })
            : `Person ${person} no longer has a link made by hand at ${target}.`,
        );
        return 0;
      }),
    );
};
