import { isCancellation } from '@temporalio/workflow';
import { asWorkflowFailure, failureOf } from './failures.ts';
import { requireInput } from './input.ts';
import { deliverNotice, giveNoticeUp } from './options.ts';

/** The input: a notice in the ledger. */
export type SendNoticeInput = { readonly notice: string };

/** Sends a notice to its receivers, again and again for three days where one does not take it. */
export const sendNotice = async (input: SendNoticeInput): Promise<void> => {
  requireInput(input, { notice: 'id of a notice' });
  try {
    await deliverNotice(input);
  } catch (error) {
    if (isCancellation(error)) throw error;
    await giveNoticeUp(input);
    throw asWorkflowFailure(failureOf(error));
  }
};
