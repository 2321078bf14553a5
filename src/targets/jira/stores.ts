import { entityProperty } from './entity-property.ts';
import { scriptRunner } from './script-runner.ts';
import type { JiraSettings } from './settings.ts';
import type { Store } from './store.ts';
import { userProperty } from './user-property.ts';

/** The store a document names. */
export const stores: Readonly<Record<JiraSettings['store'], Store>> = { userProperty, entityProperty, scriptRunner };
