import type { z } from 'zod';
import { type PlanPartWire, PlanWire } from '../../api/schemas/plans.ts';
import { ApprovedWire } from '../../api/schemas/runs.ts';
import { attributeName } from '../../core/plan/likely-cause.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import { showEnd } from '../end-of-run.ts';

type ApproveOptions = JsonOption & {
  readonly wait: boolean;
  readonly comment?: string;
  readonly without?: readonly string[];
};

/** `attune approve`: lets a held plan through, all of it or without some parts, and follows it. */
export const registerApprove = (cli: Cli): void => {
  cli.program
    .command('approve')
    .argument('<run>')
    .description('apply the plan that a run holds, exactly as it is')
    .option(
      '--without <part...>',
      "leave out an attribute ('userProperty:Company'), a target (jira) or both (jira/field:phone)",
    )
    .option('--comment <text>', 'the reason, recorded with the run and in the audit log')
    .option('--no-wait', 'only start it, and print the run')
    .option('--json', 'print only JSON')
    .action((id: string, options: ApproveOptions) =>
      act(cli, options, async (client) => {
        const path = `/api/runs/${encodeURIComponent(id)}`;
        const { digest, attributes } = await client.get(`${path}/plan`, PlanWire);
        const without = (options.without ?? []).map((text) => partOf(text, attributes));
        const body = {
          ...(without.length === 0 ? {} : { without }),
          ...(options.comment === undefined ? {} : { comment: options.comment }),
        };
        // The decision applies to the current plan: a plan that is replaced in between is not applied.
        const seen: Record<string, string> = digest === null ? {} : { 'if-match': `"${digest}"` };
        const started = await client.post(`${path}/approve`, body, ApprovedWire, seen);
        for (const note of started.notes) cli.io.err(note);
        if (options.wait) return showEnd(cli.io, client, started.run, options);
        cli.io.out(options.json ? JSON.stringify(started) : started.run);
        return 0;
      }),
    );
};

/** `jira`, `field:phone`, `phone` or `jira/field:phone`: what is the name of a target means the target. */
const partOf = (text: string, planned: PlanWire['attributes']): z.infer<typeof PlanPartWire> => {
  const isTarget = (name: string): boolean => planned.some(({ target }) => target === name);
  const attribute = (name: string): string =>
    planned.find((one) => one.attribute === name || attributeName(one.attribute) === name)?.attribute ?? name;
  if (isTarget(text)) return { target: text };
  const [target = '', ...rest] = text.split('/');
  if (rest.length > 0 && isTarget(target)) return { target, attribute: attribute(rest.join('/')) };
  return { attribute: attribute(text) };
};
