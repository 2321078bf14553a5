import type { InspectSecret } from '../config/check/secrets.ts';
import { readDocumentFile, usable } from '../config/document-file.ts';
import type { ReadDocument } from '../config/open-config.ts';
import type { Document } from '../config/schema/document.ts';
import type { ConfigTools } from './config-tools.ts';

/** Reads a document with the tables its lookups name, which stand beside it. */
export const readFrom = async (
  file: string,
  load: () => Promise<ConfigTools>,
  secret?: InspectSecret,
): Promise<ReadDocument> => {
  const { text, baseDir } = await readDocumentFile(file);
  return (await load()).read(text, { baseDir, ...(secret === undefined ? {} : { secret }) });
};

/** The same for a command that goes on only with a document that can be used. */
export const readRight = async (file: string, load: () => Promise<ConfigTools>): Promise<Document> =>
  usable(file, await readFrom(file, load));
