import type { DocumentPlace, ReadDocument } from '../config/open-config.ts';

/** What `attune config` needs of the program: it is loaded when the command runs, because it brings all providers along. */
export type ConfigTools = {
  readonly read: (text: string, place: DocumentPlace) => Promise<ReadDocument>;
  readonly schema: () => object;
};
