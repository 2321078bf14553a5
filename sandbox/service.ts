import type { IncomingMessage } from 'node:http';
import type { JournalNote } from './journal.ts';
import type { ServiceName } from './services.ts';

/** A request as a stand-in sees it; `url` carries the stand-in's own origin, for links and redirects. */
export type SandboxRequest = {
  method: string;
  url: URL;
  /** The path as sent, still percent-encoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Buffer;
  form(): URLSearchParams;
  json(): unknown;
  cookies: Map<string, string>;
  socketId: number;
};

/** What a stand-in answers; the note goes to the journal. */
export type SandboxResponse = {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  note?: JournalNote;
};

/** One stand-in. */
export type Service = {
  name: ServiceName;
  handle(request: SandboxRequest): SandboxResponse | Promise<SandboxResponse>;
};
