import type { z } from 'zod';
import type {
  CheckedWire,
  ConnectorListWire,
  ConnectorWire,
  ExplanationWire,
  StoredConnectorWire,
  VersionDiffWire,
  VersionListWire,
} from '../../../src/api/schemas/connectors.ts';
import type { SampleWire } from '../../../src/api/schemas/sample.ts';
import type { ScheduleListWire } from '../../../src/api/schemas/schedules.ts';
import type { WhyWire } from '../../../src/api/schemas/targets.ts';
import type { WhatIfWire } from '../../../src/api/schemas/what-if.ts';
import type { MappingSettings, ValueFrom } from '../../../src/core/mapping/settings.ts';
import type { JsonObject } from '../../../src/core/values.ts';
import { ask, get, post, type Tagged } from './ask.ts';

export type ConnectorList = z.infer<typeof ConnectorListWire>;
/** A stored definition, as far as the console knows it; whatever else stands in it is kept as it is. */
export type Definition = {
  readonly connector: MappingSettings & {
    readonly id: string;
    readonly source: { readonly kind: string; readonly [name: string]: unknown };
    readonly [name: string]: unknown;
  };
  readonly targets: Readonly<
    Record<string, { readonly kind: string; readonly url?: string; readonly [name: string]: unknown }>
  >;
};

export type Connector = Omit<z.infer<typeof ConnectorWire>, 'definition'> & { readonly definition: Definition };
export type Stored = Omit<z.infer<typeof StoredConnectorWire>, 'definition'> & { readonly definition: Definition };
export type Checked = z.infer<typeof CheckedWire>;
export type ProblemOfDocument = Checked['problems'][number];
export type Sample = SampleWire;
export type Explanation = Omit<ExplanationWire, 'source'> & { readonly source: JsonObject };
export type Versions = z.infer<typeof VersionListWire>;
export type VersionDiff = VersionDiffWire;
export type Schedules = ScheduleListWire;
export type WhatIf = WhatIfWire;
export type Why = Omit<WhyWire, 'rows'> & {
  readonly rows: readonly { readonly row: number; readonly when: string | null; readonly from: ValueFrom }[];
};

const at = (id: string): string => `/api/connectors/${encodeURIComponent(id)}`;

/** All connectors, without their definitions. */
export const listConnectors = (): Promise<ConnectorList> => get('/api/connectors');

/** One connector with its definition. */
export const getConnector = (id: string): Promise<Connector> => get(at(id));

/** Stores a definition over the version it was made from. */
export const putConnector = (
  id: string,
  version: number,
  definition: Definition,
  comment: string | null,
): Promise<Tagged<Stored>> =>
  ask('PUT', at(id), {
    body: { definition, comment },
    headers: version === 0 ? { 'if-none-match': '*' } : { 'if-match': `"${version}"` },
  });

/** Everything wrong or doubtful in a definition that is not stored. */
export const validate = (id: string, definition: Definition): Promise<Checked> =>
  post(`${at(id)}/validate`, { definition });

/** Real people to try a mapping on. */
export const getSample = (
  id: string,
  wanted: { size?: number; include?: readonly string[]; also?: readonly string[] },
): Promise<Sample> => post(`${at(id)}/sample`, wanted);

/** What a run would do for one person, by the stored mapping or one not stored yet. */
export const explain = (id: string, user: string, mapping?: object): Promise<Explanation> =>
  post(`${at(id)}/explain`, mapping === undefined ? { user } : { user, mapping });

/** What a mapping would make of everybody as last read; neither the directory nor a target is asked. */
export const whatIf = (id: string, mapping: MappingSettings): Promise<WhatIf> => post(`${at(id)}/what-if`, { mapping });

/** Takes a connector over from the file, or gives it back. */
export const handOver = (id: string, to: 'api' | 'file'): Promise<Connector> => post(`${at(id)}/import`, { to });

/** Where the current value in an account came from. */
export const whyValue = (target: string, account: string, attribute: string): Promise<Why> =>
  post(`/api/targets/${encodeURIComponent(target)}/why`, { account, attribute });

/** All versions of a connector, newest first. */
export const listVersions = (id: string): Promise<Versions> => get(`${at(id)}/versions`);

/** How one version differs from another. */
export const compareVersions = (id: string, from: number, to: number): Promise<VersionDiff> =>
  get(`${at(id)}/versions/${from}/diff/${to}`);

/** Stores an earlier version again, as the newest. */
export const rollBack = (id: string, to: number, comment: string | null): Promise<Connector> =>
  post(`${at(id)}/rollback`, { to, comment });

/** When a connector runs by itself. */
export const listSchedules = (id: string): Promise<Schedules> => get(`${at(id)}/schedules`);

/** Pauses schedules of a connector, or lets them go on: one by its name, or all. */
export const pauseSchedules = (
  id: string,
  how: 'pause' | 'resume',
  what: { schedule?: string; comment?: string; until?: string },
): Promise<Schedules> => post(`${at(id)}/schedules/${how}`, what);

/** Links a person to an account by hand. */
export const linkPerson = (id: string, user: string, target: string, account: string): Promise<unknown> =>
  post(`${at(id)}/links`, { user, target, account });

/** Takes a link made by hand back. */
export const unlinkPerson = (id: string, user: string, target: string): Promise<unknown> =>
  post(`${at(id)}/links/remove`, { user, target });
