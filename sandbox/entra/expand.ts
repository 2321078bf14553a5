import type { Person } from '../world/types.ts';
import { badRequest, Refusal } from './errors.ts';
import { project, readSelect } from './select.ts';

/** Reads `$expand`: only `manager`, with or without its own `$select` (Graph: list manager). */
export const readExpand = (expand: string | null): string[] | undefined => {
  if (expand === null) return undefined;
  const inner = /^manager(?:\(\$select=([^()]*)\))?$/.exec(expand);
  if (inner === null) throw new Refusal(badRequest('Parsing OData Select and Expand failed.'));
  return readSelect(inner[1] ?? null, 'collection');
};

/** The person with the expanded manager; one without a manager lacks the property. */
export const withManager = (
  shown: Record<string, unknown>,
  names: readonly string[] | undefined,
  manager: Person | undefined,
): Record<string, unknown> =>
  names === undefined || manager === undefined
    ? shown
    : { ...shown, manager: { '@odata.type': '#microsoft.graph.user', ...project(manager, names) } };
