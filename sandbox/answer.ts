import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Effect, Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { SandboxRequest, SandboxResponse, Service } from './service.ts';

type Exchange = {
  service: Service;
  request: SandboxRequest;
  outgoing: ServerResponse;
  journal: Journal;
  faults: Faults;
};

const html = (text: string) => `<!DOCTYPE html><html><head><title>${text}</title></head><body>${text}</body></html>`;
const asHtml = { 'content-type': 'text/html;charset=UTF-8' };

/** The answer a fault gives in the stand-in's place, or nothing where the stand-in still answers itself. */
const replacement = (effect: Effect | undefined): SandboxResponse | undefined => {
  switch (effect?.kind) {
    case 'status':
      return { status: effect.status, headers: effect.headers, body: effect.body };
    case 'maintenance':
      return { status: 503, headers: asHtml, body: html('Down for maintenance') };
    case 'html':
      return { status: 200, headers: asHtml, body: html('Please wait') };
    case 'redirect':
      return { status: 302, headers: { location: effect.location } };
    default:
      return undefined;
  }
};

const handle = async (service: Service, request: SandboxRequest): Promise<SandboxResponse> => {
  try {
    return await service.handle(request);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : 'unknown';
    return { status: 500, headers: { 'content-type': 'text/plain' }, body: `The stand-in itself failed: ${text}` };
  }
};

const send = async (outgoing: ServerResponse, response: SandboxResponse, effect: Effect | undefined) => {
  const body = Buffer.from(response.body ?? '');
  outgoing.writeHead(response.status, { ...response.headers, 'content-length': body.length });
  if (effect?.kind === 'slowBody') {
    const half = Math.floor(body.length / 2);
    outgoing.write(body.subarray(0, half));
    await wait(effect.milliseconds);
    outgoing.end(body.subarray(half));
  } else outgoing.end(body);
};

const cutJson = (response: SandboxResponse): SandboxResponse => {
  const body = Buffer.from(response.body ?? '');
  return { ...response, body: body.subarray(0, Math.floor(body.length / 2)) };
};

/** Answers one request: a fault first, then the stand-in, and the journal in any case. */
export const answer = async ({ service, request, outgoing, journal, faults }: Exchange): Promise<void> => {
  const { method, path } = request;
  const effect = faults.pick({ service: service.name, method, path });
  const record = (status: number, note: SandboxResponse['note']) =>
    journal.add({
      at: new Date().toISOString(),
      service: service.name,
      method,
      path,
      ...(request.url.search === '' ? {} : { query: request.url.search.slice(1) }),
      status,
      ...(note === undefined ? {} : { note }),
    });
  if (effect?.kind === 'reset' && effect.when === 'before') {
    record(0, undefined);
    outgoing.socket?.resetAndDestroy();
    return;
  }
  if (effect?.kind === 'delay') await faults.hold(wait(effect.milliseconds));
  const response = replacement(effect) ?? (await handle(service, request));
  record(effect?.kind === 'reset' ? 0 : response.status, response.note);
  if (effect?.kind === 'reset') outgoing.socket?.resetAndDestroy();
  else await send(outgoing, effect?.kind === 'truncated' ? cutJson(response) : response, effect);
};
