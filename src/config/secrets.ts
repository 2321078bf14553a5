import { readFile, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { ReadSecret } from '../core/secret.ts';

/** Reads secrets from variables ATTUNE_SECRET_… and files below ATTUNE_SECRETS_DIR, anew at each use. */
export const openSecrets =
  (environment: Readonly<Record<string, string | undefined>>): ReadSecret =>
  async (reference) => {
    if ('env' in reference) return fromEnvironment(environment, reference.env);
    const directory = environment.ATTUNE_SECRETS_DIR;
    if (directory === undefined || directory === '') {
      throw new Failure('config', `The secret file ${reference.file} cannot be read: no directory of secrets is set.`, {
        remedy: 'Set ATTUNE_SECRETS_DIR.',
      });
    }
    return fromFile(directory, reference.file);
  };

const fromEnvironment = (environment: Readonly<Record<string, string | undefined>>, name: string): string => {
  if (!name.startsWith('ATTUNE_SECRET_')) {
    throw new Failure('config', `The variable ${name} is not read as a secret.`, {
      remedy: 'Use a variable whose name begins with ATTUNE_SECRET_.',
    });
  }
  const value = environment[name];
  if (value === undefined || value === '') {
    throw new Failure('config', `The secret ${name} is not set.`, { remedy: 'Set this variable for the worker.' });
  }
  return value;
};

const fromFile = async (directory: string, file: string): Promise<string> => {
  let text: string;
  let inside: boolean;
  try {
    const root = await realpath(directory);
    const path = await realpath(resolve(root, file));
    inside = path.startsWith(root + sep);
    text = inside ? await readFile(path, 'utf8') : '';
  } catch (cause) {
    throw new Failure('config', `The secret file ${file} cannot be read.`, {
      remedy: 'Put it below ATTUNE_SECRETS_DIR, readable for the worker.',
      cause,
    });
  }
  if (!inside) {
    throw new Failure('config', `The secret file ${file} lies outside the directory of secrets.`, {
      remedy: 'Name a file below ATTUNE_SECRETS_DIR.',
    });
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret !== '') return secret;
  throw new Failure('config', `The secret file ${file} is empty.`, { remedy: 'Write the secret into it.' });
};
