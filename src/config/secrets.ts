import { readFile, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { ReadSecret, SecretReference } from '../core/secret.ts';
import { decode } from './decode.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A secret as it is used, and what is unusual about the way it was stored: in words, without any of its characters. */
export type StoredSecret = { readonly secret: string; readonly odd: readonly string[] };

/** Reads secrets from variables ATTUNE_SECRET_… and files below ATTUNE_SECRETS_DIR, again at each use. */
export const openSecrets = (environment: Environment): ReadSecret => {
  const inspect = inspectSecrets(environment);
  return async (reference) => (await inspect(reference)).secret;
};

/** The same with what is unusual, for the checks: a login with a wrong password ends at a CAPTCHA. */
export const inspectSecrets =
  (environment: Environment) =>
  async (reference: SecretReference): Promise<StoredSecret> => {
    const name = 'env' in reference ? `The secret ${reference.env}` : `The secret file ${reference.file}`;
    const text =
      'env' in reference
        ? fromEnvironment(environment, reference.env)
        : await fromFile(environment.ATTUNE_SECRETS_DIR ?? '', reference.file);
    const secret = text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '');
    if (secret === '') throw new Failure('config', `${name} is empty.`, { remedy: 'Write the secret into it.' });
    return { secret, odd: [...oddAround(text), ...oddWithin(secret)] };
  };

const fromEnvironment = (environment: Environment, name: string): string => {
  if (!name.startsWith('ATTUNE_SECRET_')) {
    throw new Failure('config', `The variable ${name} cannot be used as a secret.`, {
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
  const decoded = decode(await readBelow(directory, file, 'secret'));
  if ('text' in decoded) return decoded.hadMark ? `\uFEFF${decoded.text}` : decoded.text;
  throw new Failure('config', `The secret file ${file} cannot be read: ${decoded.flaw}.`, {
    remedy: 'Save it again as UTF-8 text (in PowerShell: Set-Content -Encoding utf8NoBOM).',
  });
};

/** Reads a file below the directory of secrets; nothing outside of it is ever read, through links neither. */
const readBelow = async (directory: string, file: string, what: string): Promise<Uint8Array> => {
  if (directory === '') {
    throw new Failure('config', `The ${what} file ${file} cannot be read: the directory of secrets is not set.`, {
      remedy: 'Set ATTUNE_SECRETS_DIR.',
    });
  }
  let path: string;
  let root: string;
  try {
    root = await realpath(directory);
    path = await realpath(resolve(root, file));
  } catch (cause) {
    throw unreadable(file, cause);
  }
  if (!path.startsWith(root + sep)) {
    throw new Failure('config', `The ${what} file ${file} lies outside the directory of secrets.`, {
      remedy: 'Name a file below ATTUNE_SECRETS_DIR.',
    });
  }
  return readFile(path).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
};

const unreadable = (file: string, cause: unknown): Failure =>
  new Failure('config', `The secret file ${file} cannot be read.`, {
    remedy: 'Put it below ATTUNE_SECRETS_DIR and make it readable for the worker.',
    cause,
  });

const oddAround = (text: string): string[] => [
  ...(text.startsWith('\uFEFF') ? ['it begins with a byte order mark, which is removed'] : []),
  ...(/(\r?\n|\r){2}$/.test(text) ? ['it ends with several line breaks, which are removed'] : []),
];

/** A key or a service account is a text of many lines; a password is not. */
const isOfManyLines = (secret: string): boolean => /^\s*(-----BEGIN |\{)/.test(secret);

const oddWithin = (secret: string): string[] => {
  if (isOfManyLines(secret)) return [];
  return [
    ...(/^\s/.test(secret) ? ['it begins with a space, which is taken as part of it'] : []),
    ...(/\s$/.test(secret) ? ['it ends with a space, which is taken as part of it'] : []),
    ...(/[\r\n]/.test(secret) ? ['it has more than one line'] : []),
    ...(/^(["']).*\1$/s.test(secret) ? ['it is enclosed in quotation marks, which are taken as part of it'] : []),
    ...(/[\u200B-\u200F\u2060\uFEFF\u00AD]/.test(secret) ? ['it contains an invisible character'] : []),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to tell
    ...(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(secret) ? ['it contains a control character'] : []),
    ...(/^\$\{?\w+\}?$|^<.*>$|^changeme$/i.test(secret) ? ['it looks like a placeholder'] : []),
  ];
};
