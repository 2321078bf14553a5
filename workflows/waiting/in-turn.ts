import { setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { leaveConnector } from '../options.ts';
import { orWait } from './patience.ts';

type Opened = { readonly opened: string };
type InTurn<Answer extends Opened> = Exclude<Answer, { readonly opened: 'wait' }>;

/**
 * Opens a run, coming back by timer as long as another one has its connector, or as a party it needs is away. `goOn`
 * continues the workflow as new where its history has grown long meanwhile.
 */
export const inTurn = async <Answer extends Opened>(
  run: string,
  party: string,
  open: () => Promise<Answer>,
  goOn: () => Promise<never>,
): Promise<InTurn<Answer>> => {
  for (;;) {
    const answer = await orWait(run, party, open);
    if (answer !== null && isTurn(answer.result)) return answer.result;
    if (answer !== null) {
      setCurrentDetails('open: waiting for another run of the connector to end');
      await sleep('15s');
    }
    if (workflowInfo().continueAsNewSuggested) await goOn();
  }
};

const isTurn = <Answer extends Opened>(answer: Answer): answer is InTurn<Answer> => answer.opened !== 'wait';

/** Leaves the connector to other runs until the hours of the targets begin. */
export const leaveFor = async (run: string, closedMs: number): Promise<void> => {
  await leaveConnector({ run });
  await sleep(closedMs);
};
