import { Failure, isFailure } from '../core/failure.ts';
import { connectorVersion, currentConnector } from '../ledger/connectors.ts';
import type { Run } from '../ledger/runs/runs.ts';
import type { ApiParts } from './parts.ts';

/**
 * Refuses the approval by the person who stored the plan's version or started its run, if the document asks for four
 * eyes. Either the plan's version or the current one counts, so that nobody can remove the rule to bypass it.
 */
export const mustBeFourEyes = async (
  { ledger, config }: Pick<ApiParts, 'ledger' | 'config'>,
  run: Run,
  who: string,
): Promise<void> => {
  const version = await connectorVersion(ledger, run.connector, run.version);
  const own = run.startedBy === who || version?.createdBy === who;
  if (!own) return;
  const stored = [version, await currentConnector(ledger, run.connector)].filter((one) => one !== null);
  if (!stored.some(({ definition }) => asksFourEyes(config, definition))) return;
  throw new Failure(
    'forbidden',
    `${who} ${run.startedBy === who ? 'started this run' : 'stored the version of this plan'}.`,
    {
      remedy: 'The document requires a second person (guard.fourEyes): somebody else has to approve it.',
    },
  );
};

const asksFourEyes = (
  config: ApiParts['config'],
  definition: Parameters<ApiParts['config']['readDefinition']>[0],
): boolean => {
  try {
    return config.readDefinition(definition).connector.guard.fourEyes;
  } catch (error) {
    // A version of a kind that this release does not know cannot be applied either.
    if (isFailure(error)) return false;
    throw error;
  }
};
