import type { InspectSecret } from '../config/check/secrets.ts';
import { readDocumentFile } from '../config/document-file.ts';
import type { ReadDocument } from '../config/open-config.ts';
import { problemsText } from '../config/problem.ts';
import type { Document } from '../config/schema/document.ts';
import { Failure } from '../core/failure.ts';
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
export const readRight = async (file: string, load: () => Promise<ConfigTools>): Promise<Document> => {
  const { document, problems } = await readFrom(file, load);
  if (document !== null) return document;
  throw new Failure('config', `The document ${file} cannot be used:\n${problemsText(problems)}\n`, {
    remedy: 'Correct it first.',
  });
};
