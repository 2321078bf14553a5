import { createHmac } from 'node:crypto';
import type { Call } from '../core/call.ts';
import { Failure, isFailure } from '../core/failure.ts';
import type { Hook, Notice } from '../core/report/notices.ts';
import type { ReadSecret, SecretReference } from '../core/secret.ts';
import { openExchange } from '../http/exchange.ts';

/** Sends a notice to one receiver; throws `Failure` where it was not taken. */
export type SendNotice = (hook: Hook<SecretReference>, notice: Notice, call: Call) => Promise<void>;

/** How long a receiver may take to answer. */
const timeoutMs = 15_000;

const party = 'The webhook';

/**
 * Posts a notice as JSON, signed as Standard Webhooks 1.0.0 says (standardwebhooks.com): `webhook-signature` is `v1,` and
 * the base64 HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`. The address is a secret and stays out of messages.
 */
export const webhookSender =
  (secret: ReadSecret, now: () => number): SendNotice =>
  async (hook, notice, call) => {
    const url = addressOf(await secret(hook.webhook));
    const key = signingKey(await secret(hook.key));
    const body = JSON.stringify(notice);
    const timestamp = String(Math.floor(now() / 1_000));
    const signature = createHmac('sha256', key).update(`${notice.id}.${timestamp}.${body}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': notice.id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
    const exchange = openExchange({ party, baseUrl: url.origin, timeoutMs });
    const outgoing = { method: 'POST', route: 'notice', isLink: false, kind: 'write', once: true } as const;
    const answer = await exchange({ ...outgoing, url, headers, body }, call).catch((error: unknown) => {
      throw isFailure(error) && error.facts.status === undefined
        ? new Failure('unavailable', `${party} does not answer.`, {
            remedy: 'Check its address, and that it is running.',
          })
        : error;
    });
    if (answer.status >= 200 && answer.status < 300) return;
    throw new Failure('unavailable', `${party} answers ${answer.status} to a notice.`, {
      status: answer.status,
      remedy: 'It must answer with a status from 200 to 299; redirects are not followed.',
    });
  };

const addressOf = (text: string): URL => {
  const url = URL.parse(text.trim());
  if (url !== null) return url;
  throw new Failure('config', 'The secret that `webhook` names does not contain an address.', {
    remedy: 'Write the whole address into it, such as https://hooks.acme.example/attune.',
  });
};

/** A key in the form of Standard Webhooks (`whsec_` and base64) is used for its bytes, any other text as it is. */
const signingKey = (text: string): Buffer =>
  text.startsWith('whsec_') ? Buffer.from(text.slice('whsec_'.length), 'base64') : Buffer.from(text, 'utf8');
