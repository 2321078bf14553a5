import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Failure } from '../core/failure.ts';
import { decode } from './decode.ts';
import type { ReadDocument } from './open-config.ts';
import { problemsText } from './problem.ts';
import type { Document } from './schema/document.ts';

/** Reads the text of a document; `baseDir` is where the tables it names stand. Throws `config` with what to do. */
export const readDocumentFile = async (file: string): Promise<{ readonly text: string; readonly baseDir: string }> => {
  const bytes = await readFile(file).catch((cause: unknown) => {
    const { code } = systemError.parse(cause);
    const [message, remedy] = causes[code] ?? [`cannot be read (${code})`, 'Check that it is a file on this machine.'];
    throw new Failure('config', `The document ${file} ${message}.`, { remedy, cause });
  });
  const decoded = decode(bytes);
  if ('text' in decoded) return { text: decoded.text, baseDir: dirname(resolve(file)) };
  const { flaw, line } = decoded;
  throw new Failure(
    'config',
    `The document ${file} cannot be read: ${flaw}${line === null ? '' : ` (line ${line})`}.`,
    {
      remedy: 'Save it as UTF-8 text.',
    },
  );
};

/** What was read of a file, for callers that need a usable document; throws `config` with everything that is wrong. */
export const usable = (file: string, { document, problems }: ReadDocument): Document => {
  if (document !== null) return document;
  throw new Failure('config', `The document ${file} cannot be used:\n${problemsText(problems)}\n`, {
    remedy: 'Correct it; `attune config check` checks it without starting anything.',
  });
};

const systemError = z.looseObject({ code: z.string().catch('unknown') }).catch({ code: 'unknown' });

const causes: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
  ENOENT: ['does not exist', 'Check its name and the directory the command runs in.'],
  EACCES: ['cannot be read: permission denied', 'Give the user that runs Attune permission to read it.'],
  EPERM: ['cannot be read: permission denied', 'Give the user that runs Attune permission to read it.'],
  EISDIR: ['is a directory', 'Name the file in it.'],
};
