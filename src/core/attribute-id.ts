import type { AttributeId } from './profile.ts';

/** The two kinds of attributes: a fixed field of the product, and a name the admin chose. */
export type AttributeKind = 'field' | 'userProperty';

/** An attribute's id taken apart. */
export const partsOfId = (id: AttributeId): { readonly kind: AttributeKind; readonly name: string } => ({
  kind: id.startsWith('field:') ? 'field' : 'userProperty',
  name: id.slice(id.indexOf(':') + 1),
});

/** The name of an attribute within its kind: `phone` for `field:phone`. */
export const nameOfId = (id: AttributeId): string => partsOfId(id).name;

/** Whether a text is the id of an attribute. */
export const isAttributeId = (text: string): text is AttributeId => /^(field|userProperty):./s.test(text);
