import { storeConnector } from '../ledger/connectors.ts';
import type { Ledger } from '../ledger/open.ts';
import { type Document, definitionOf } from './document.ts';
import { storedOf } from './open-config.ts';

/** What became of one connector of a document: its version, which is the present one when nothing changed. */
export type StoredConnector = { readonly connector: string; readonly version: number };

/** Stores every connector of a checked document as its next version; one that did not change keeps its version. */
export const storeDocument = async (
  ledger: Ledger,
  document: Document,
  by: { readonly who: string; readonly comment: string | null },
): Promise<readonly StoredConnector[]> => {
  const stored: StoredConnector[] = [];
  for (const { id } of document.connectors) {
    const definition = definitionOf(document, id);
    if (definition === null) continue;
    const version = await storeConnector(ledger, {
      connector: id,
      managedBy: 'file',
      definition: storedOf(definition),
      createdBy: by.who,
      comment: by.comment,
    });
    stored.push({ connector: id, version });
  }
  return stored;
};
