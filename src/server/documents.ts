import { readDocumentFile } from '../config/document-file.ts';
import { openConfig } from '../config/open-config.ts';
import { problemsText } from '../config/problem.ts';
import type { Document } from '../config/schema/document.ts';
import { Failure } from '../core/failure.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { targetDefinitions } from '../targets/index.ts';

/** The documents this program understands: those of every source and target it has. */
export const config = openConfig({ sources: sourceDefinitions, targets: targetDefinitions });

/** Reads the document a server is started with; one that has errors starts nothing and tells them all. */
export const readDocument = async (file: string): Promise<Document> => {
  const { text, baseDir } = await readDocumentFile(file);
  const { document, problems } = await config.readDocument(text, { baseDir });
  if (document !== null) return document;
  throw new Failure('config', `The document ${file} cannot be used:\n${problemsText(problems)}\n`, {
    remedy: 'Correct it; `attune config check` looks at it without starting anything.',
  });
};
