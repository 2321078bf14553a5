import { readDocumentFile, usable } from '../config/document-file.ts';
import { openConfig } from '../config/open-config.ts';
import type { Document } from '../config/schema/document.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { targetDefinitions } from '../targets/index.ts';

/** The documents this program understands: those of every source and target it has. */
export const config = openConfig({ sources: sourceDefinitions, targets: targetDefinitions });

/** Reads the document a server is started with; one that has errors starts nothing and tells them all. */
export const readDocument = async (file: string): Promise<Document> => {
  const { text, baseDir } = await readDocumentFile(file);
  return usable(file, await config.readDocument(text, { baseDir }));
};
