import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
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
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Failure('config', `The document ${file} cannot be read.`, {
      remedy: 'Check that the file exists and may be read.',
      cause,
    });
  });
  const { document, problems } = await config.readDocument(text, { baseDir: dirname(resolve(file)) });
  if (document !== null) return document;
  throw new Failure('config', `The document ${file} cannot be used:\n${problemsText(problems)}\n`, {
    remedy: 'Correct it; `attune config check` looks at it without starting anything.',
  });
};
