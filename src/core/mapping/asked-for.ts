import type { AttributePath } from '../values.ts';
import type { CompiledMapping } from './mapping.ts';

/** What a run of a mapping asks the provider for, `groups` included where it reads them. */
export const askedFor = ({
  selection,
  readsGroups,
}: Pick<CompiledMapping, 'selection' | 'readsGroups'>): readonly AttributePath[] =>
  readsGroups ? [...selection, 'groups'] : selection;
