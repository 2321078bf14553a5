import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ReadDocument } from '../config/open-config.ts';
import { problemsText } from '../config/problem.ts';
import type { Document } from '../config/schema/document.ts';
import { Failure } from '../core/failure.ts';
import type { ReadSecret } from '../core/secret.ts';
import type { ConfigTools } from './config-tools.ts';

/** Reads a document with the tables its lookups name, which stand beside it. */
export const readFrom = async (
  file: string,
  load: () => Promise<ConfigTools>,
  secret?: ReadSecret,
): Promise<ReadDocument> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Failure('config', `The document ${file} cannot be read.`, {
      remedy: 'Check that the file exists and may be read.',
      cause,
    });
  });
  return (await load()).read(text, { baseDir: dirname(resolve(file)), ...(secret === undefined ? {} : { secret }) });
};

/** The same for a command that goes on only with a document that can be used. */
export const readRight = async (file: string, load: () => Promise<ConfigTools>): Promise<Document> => {
  const { document, problems } = await readFrom(file, load);
  if (document !== null) return document;
  throw new Failure('config', `The document ${file} cannot be used:\n${problemsText(problems)}\n`, {
    remedy: 'Correct it first.',
  });
};
