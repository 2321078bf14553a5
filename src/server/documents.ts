import { readDocumentFile, usable } from '../config/document-file.ts';
import { openConfig } from '../config/open-config.ts';
import type { Document } from '../config/schema/document.ts';
import { inspectSecrets } from '../config/secrets.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { targetDefinitions } from '../targets/index.ts';

/** The documents this program understands: those of every source and target it has. */
export const config = openConfig({ sources: sourceDefinitions, targets: targetDefinitions });

/**
 * Reads the document a server is started with; one that has errors starts nothing and tells them all. What is doubtful in
 * it is told to `warn`, with the secrets that this process does not find.
 */
export const readDocument = async (
  file: string,
  env: NodeJS.ProcessEnv,
  warn: (text: string) => void,
): Promise<Document> => {
  const { text, baseDir } = await readDocumentFile(file);
  const read = await config.readDocument(text, { baseDir, secret: inspectSecrets(env) });
  const document = usable(file, read);
  for (const { path, line, message, remedy } of read.problems) {
    warn(`${file}, ${path}${line === undefined ? '' : ` (line ${line})`}: ${message} ${remedy}`);
  }
  return document;
};
