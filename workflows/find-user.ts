import { asWorkflowFailure, failureOf } from './failures.ts';
import { requireInput } from './input.ts';
import { findUser as find } from './options.ts';

/** The input: a connector, and the key under which the ledger keeps the login or mail asked for. */
export type FindUserInput = { readonly connector: string; readonly lookup: string };

/** Turns a login or mail into the source id, so that neither is ever in a history. */
export const findUser = async (input: FindUserInput): Promise<string> => {
  requireInput(input, { connector: 'id of a connector', lookup: 'key of the ledger' });
  try {
    return await find(input);
  } catch (error) {
    throw asWorkflowFailure(failureOf(error));
  }
};
