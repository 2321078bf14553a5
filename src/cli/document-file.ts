import type { InspectSecret } from '../config/check/secrets.ts';
import { readDocumentFile, usable } from '../config/document-file.ts';
import type { ReadDocument } from '../config/open-config.ts';
import type { Document } from '../config/schema/document.ts';
import { Failure } from '../core/failure.ts';
import type { ConfigTools } from './config-tools.ts';

/** Reads a document with the tables its lookups name, which are next to it. */
export const readFrom = async (
  file: string,
  load: () => Promise<ConfigTools>,
  secret?: InspectSecret,
): Promise<ReadDocument> => {
  const { text, baseDir } = await readDocumentFile(file);
  return (await load()).read(text, { baseDir, ...(secret === undefined ? {} : { secret }) });
};

/** The scope and mapping of a connector of a document, as the API takes one that is not stored. Throws `config` without it. */
export const mappingOf = ({ connectors }: Document, file: string, id: string): object => {
  const found = connectors.find((one) => one.id === id);
  if (found !== undefined) return { to: found.to, ...(found.scope === undefined ? {} : { scope: found.scope }) };
  throw new Failure('config', `The document ${file} has no connector ${id}.`, {
    remedy: `It has: ${connectors.map((one) => one.id).join(', ')}.`,
  });
};

/** The same for a command that needs a usable document. */
export const readRight = async (file: string, load: () => Promise<ConfigTools>): Promise<Document> =>
  usable(file, await readFrom(file, load));
