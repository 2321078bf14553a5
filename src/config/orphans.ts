import { partsOfId } from '../core/attribute-id.ts';
import { attributeOf } from '../core/mapping/row.ts';
import type { AttributeRow } from '../core/mapping/settings.ts';
import type { AttributeId } from '../core/profile.ts';
import type { ConnectorSettings, Document } from './schema/document.ts';

/** Values that Attune wrote for a row that no longer exists: they are kept until somebody asks to clear them. */
export type Orphan = { readonly target: string; readonly attribute: AttributeId; readonly people: number };

/** What a connector maps at each of its targets. */
export const mappedAttributes = (connector: ConnectorSettings): ReadonlyMap<string, ReadonlySet<AttributeId>> =>
  new Map(connector.to.map(({ target, attributes }) => [target, new Set(attributes.map(attributeOf))]));

/** The document with a row for each orphan that has no source: the next run plans the clearing of what is ours. */
export const clearingOrphans = (document: Document, orphans: ReadonlyMap<string, readonly Orphan[]>): Document => ({
  ...document,
  connectors: document.connectors.map((connector) => ({
    ...connector,
    to: connector.to.map((to) => ({
      ...to,
      attributes: [
        ...to.attributes,
        ...(orphans.get(connector.id) ?? []).filter(({ target }) => target === to.target).map(clearingRow),
      ],
    })),
  })),
});

const clearingRow = ({ attribute }: Orphan): AttributeRow => {
  const { kind, name } = partsOfId(attribute);
  return {
    ...(kind === 'field' ? { field: name } : { userProperty: name }),
    from: { constant: '' },
    transforms: [],
    whenNoTransformApplies: 'useValue',
    whenEmpty: 'clearOurs',
    overwrite: 'always',
    whenTooLong: 'skip',
    keepOrder: false,
  };
};
