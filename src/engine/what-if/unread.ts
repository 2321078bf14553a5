import { Failure } from '../../core/failure.ts';
import type { CompiledMapping } from '../../core/mapping/mapping.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { AttributePath } from '../../core/values.ts';

/** An attribute of which the last read cannot tell, with the paths of the directory it did not ask for. */
export type Unread = {
  readonly target: string;
  readonly attribute: AttributeId;
  readonly paths: readonly AttributePath[];
};

/** The attributes of a mapping that read what the last read did not ask for. Throws `conflict` where a scope does. */
export const unreadBy = ({ reads }: CompiledMapping, selection: readonly AttributePath[]): readonly Unread[] => {
  const missing = (paths: readonly AttributePath[]): readonly AttributePath[] => [
    ...new Set(paths.filter((path) => !selection.some((one) => path === one || path.startsWith(`${one}.`)))),
  ];
  const scope = missing(reads.scope);
  if (scope.length > 0) {
    throw new Failure('conflict', `The scope reads ${scope.join(', ')}, which the last read did not ask for.`, {
      remedy: 'Store the document, then plan: `attune sync <connector> --plan` reads it.',
    });
  }
  return [...reads.attributes].flatMap(([target, rows]) =>
    [...rows].flatMap(([attribute, paths]) => {
      const unread = missing(paths);
      return unread.length === 0 ? [] : [{ target, attribute, paths: unread }];
    }),
  );
};

/** The mapping without these attributes: they stay as they are. */
export const withoutUnread = (mapping: CompiledMapping, unread: readonly Unread[]): CompiledMapping =>
  unread.length === 0
    ? mapping
    : {
        ...mapping,
        evaluate: async (user, tell) => {
          const evaluated = new Map(await mapping.evaluate(user, tell));
          for (const [target, one] of evaluated) {
            if (one.kind !== 'mapped') continue;
            const out = new Set(unread.flatMap((each) => (each.target === target ? [each.attribute] : [])));
            const desired = new Map([...one.desired].filter(([attribute]) => !out.has(attribute)));
            evaluated.set(target, { ...one, desired });
          }
          return evaluated;
        },
      };
