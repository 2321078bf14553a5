import assert from 'node:assert/strict';
import type { SourceName } from '../../sandbox/services.ts';
import type { Call, CallKind } from '../../src/core/call.ts';
import { type FailureKind, isFailure } from '../../src/core/failure.ts';
import type { AttributePath, SourceUser } from '../../src/core/values.ts';
import type { IdentitySource, ReadPlace } from '../../src/sources/source.ts';

/** A call that counts its requests; it may wait three seconds unless told otherwise. */
export const startCall = ({ waitsMs = 3_000, signal = new AbortController().signal } = {}) => {
  const counts = new Map<CallKind, number>();
  const call: Call = {
    signal,
    deadline: Date.now() + waitsMs,
    count: (kind) => {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      return undefined;
    },
  };
  return { call, counts };
};

/** Reads a listing to its end. */
export const readAll = async (source: IdentitySource, select: readonly AttributePath[], call = startCall().call) => {
  const users: SourceUser[] = [];
  let place: ReadPlace = { at: 'start' };
  for (let pages = 1; ; pages += 1) {
    const page = await source.readPage(place, select, call);
    users.push(...page.users);
    if (!page.end.more) return { users, pages, watermark: page.end.watermark };
    place = { at: 'cursor', cursor: page.end.cursor };
  }
};

/** Holds a promise to fail as a `Failure` of this kind whose sentence matches; gives the failure back. */
export const fails = async (promise: Promise<unknown>, kind: FailureKind, sentence: RegExp) => {
  const error: unknown = await promise.then(
    () => assert.fail(`no failure, but ${kind} was expected`),
    (reason: unknown) => reason,
  );
  assert.ok(isFailure(error), `${error} is no Failure`);
  assert.equal(error.kind, kind, error.sentence);
  assert.match(error.sentence, sentence);
  return error;
};

/** The settings that lead a source to another host. */
export const leading = (name: SourceName, url: string, tokens = url): Readonly<Record<string, unknown>> =>
  name === 'entra'
    ? { endpoints: { login: url, graph: url } }
    : name === 'okta'
      ? { org: url }
      : { endpoints: { token: tokens, directory: url } };
