import { type ZodType, z } from 'zod';
import type { MappingSettings } from '../../core/mapping/settings.ts';
import type { LeaverSettings } from '../../core/people/leavers.ts';
import type { GuardSettings } from '../../core/plan/guard.ts';
import type { Rollout } from '../../core/plan/rollout.ts';
import type { Hook } from '../../core/report/notices.ts';
import type { SecretReference } from '../../core/secret.ts';
import type { KindSettings } from './by-kind.ts';
import { type Example, exampleSchema } from './example.ts';
import { guardSchema } from './guard.ts';
import { leaversSchema } from './leavers.ts';
import { scopeSchema, targetMappingSchema } from './mapping.ts';
import { notifySchema, staleAfterSchema } from './notify.ts';
import { retentionSchema } from './retention.ts';
import { rolloutSchema } from './rollout.ts';
import { patienceSchema, type ScheduleSettings, scheduleSchema } from './schedule.ts';

/** What a connector is: one source, the mapping to its targets, and when and how far it may act. */
export type ConnectorSettings = MappingSettings & {
  readonly id: string;
  /** The id it had before: what the ledger keeps under that one is taken over. */
  readonly previously?: string;
  readonly source: KindSettings;
  readonly schedules: readonly ScheduleSettings[];
  /** How long a run of everybody waits for a party that is away, as a span. */
  readonly patience: string;
  readonly guard: GuardSettings;
  /** Whom plans are written for first; everybody at once where it is left out. */
  readonly rollout?: Rollout;
  /** How long the records of its runs are kept, in days such as `90d`. */
  readonly retention: string;
  readonly leavers: LeaverSettings;
  /** Who is notified when its state changes. */
  readonly notify: readonly Hook<SecretReference>[];
  /** How long it may go without a completed run; `off` for ever. */
  readonly staleAfter: string;
  /** Mapping tests, run whenever the document is checked. */
  readonly examples: readonly Example[];
};

/** The settings of a target, shared by every connector that writes to it. */
export type TargetSettings = KindSettings;

/** A whole document, checked, with its defaults filled in and its lookups inlined. */
export type Document = {
  readonly targets: Readonly<Record<string, TargetSettings>>;
  readonly connectors: readonly ConnectorSettings[];
};

/** What a stored version of a connector holds: plain JSON, secrets as references only. */
export type Definition = {
  readonly connector: ConnectorSettings;
  readonly targets: Readonly<Record<string, TargetSettings>>;
};

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a name of lower-case letters, digits and hyphens');

/** A connector as the document says it. */
export const connectorSchema = <Source>(source: ZodType<Source>) =>
  z.strictObject({
    id,
    previously: id.exactOptional(),
    source,
    scope: scopeSchema,
    to: z.array(targetMappingSchema).min(1),
    schedules: z.array(scheduleSchema).default([]),
    patience: patienceSchema,
    guard: guardSchema,
    rollout: rolloutSchema.exactOptional(),
    retention: retentionSchema,
    leavers: leaversSchema,
    notify: notifySchema,
    staleAfter: staleAfterSchema,
    examples: z.array(exampleSchema).default([]),
  });

/** The whole document, given how sources and targets are read. */
export const documentSchema = <Source, Target>(source: ZodType<Source>, target: ZodType<Target>) =>
  z.strictObject({ targets: z.record(id, target), connectors: z.array(connectorSchema(source)).min(1) });

/** The part of a document that one connector's runs need. */
export const definitionOf = (document: Document, connectorId: string): Definition | null => {
  const connector = document.connectors.find((one) => one.id === connectorId);
  if (connector === undefined) return null;
  const used = new Set(connector.to.map((to) => to.target));
  return {
    connector,
    targets: Object.fromEntries(Object.entries(document.targets).filter(([name]) => used.has(name))),
  };
};
