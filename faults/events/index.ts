import { onDatabase } from './database.ts';
import { edits } from './edits.ts';
import type { Event } from './event.ts';
import { onProcesses } from './processes.ts';
import { onRequests } from './requests.ts';
import { onSignIn } from './sign-in.ts';
import { onWorkflows } from './workflows.ts';

const hurts = [...onProcesses, ...onDatabase, ...onWorkflows];

/** Every way of hurting the system; what is drawn more often stands there more than once. */
export const events: readonly Event[] = [...hurts, ...onRequests, ...onSignIn, ...edits(hurts)];
