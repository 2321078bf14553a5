import { setCurrentDetails, sleep } from '@temporalio/workflow';

/** Opens a run, coming back by timer as long as another one has its connector. */
export const inTurn = async <Answer extends { readonly opened: string }>(
  open: () => Promise<Answer>,
): Promise<Exclude<Answer, { readonly opened: 'wait' }>> => {
  for (;;) {
    const answer = await open();
    if (isTurn(answer)) return answer;
    setCurrentDetails('open: waiting for another run of the connector to end');
    await sleep('15s');
  }
};

const isTurn = <Answer extends { readonly opened: string }>(
  answer: Answer,
): answer is Exclude<Answer, { readonly opened: 'wait' }> => answer.opened !== 'wait';
