import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { closest } from '../src/core/closest.ts';

/** The workflows a person may start; the others are steps and questions of the program itself. */
const startable = ['fullSync', 'syncUser', 'applyPlan'];

/**
 * What runs under a type this release does not have: a sentence, where Temporal would try the first task for ever. A
 * worker older than whoever starts the new type ends it the same way; both are of one release once an upgrade is done.
 */
export const unknownType = async (): Promise<never> => {
  const { workflowType } = workflowInfo();
  const near = closest(workflowType, startable);
  throw ApplicationFailure.nonRetryable(
    `This release of Attune knows no workflow "${workflowType}". ${near === null ? '' : `Did you mean ${near}? `}There are ${startable.join(', ')}.`,
    'config',
  );
};
