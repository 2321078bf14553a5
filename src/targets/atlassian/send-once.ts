import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import { shortWait } from '../../http/waits.ts';
import { type Attempt, attemptEnded } from '../kit/attempt.ts';
import type { ProductAnswer, ProductRequest } from './connection.ts';
import type { Sending, Session } from './sign-in/session.ts';

/** Sends one request, and waits where a limited rate asks for a short wait. `send` must not repeat it. */
export const sendOnce = async (send: () => Promise<ProductAnswer>, call: Call): Promise<Sending> => {
  try {
    return { came: 'answered', answer: await send() };
  } catch (why) {
    if (!isFailure(why) || why.facts.unsent !== true) return attemptEnded(why);
    try {
      await shortWait(why, call, Date.now);
      return { came: 'turnedAway', why };
    } catch (ended) {
      return { came: 'unsent', why: ended };
    }
  }
};

const mostTurnsAway = 6;

/** Sends a request that may be repeated as it is, because what it asks for is compared where it is carried out. */
export const sendUntilTaken = async (
  session: Pick<Session, 'write'>,
  request: ProductRequest,
  call: Call,
): Promise<Exclude<Sending, { readonly came: 'turnedAway' }>> => {
  for (let turns = 0; ; turns += 1) {
    const sent = await session.write(request, call);
    if (sent.came !== 'turnedAway') return sent;
    if (turns === mostTurnsAway) return { came: 'unsent', why: sent.why };
  }
};

/** Attempts to write with one request; `read` says what its answer means, and throws where it tells nothing. */
export const attempt = async (
  session: Pick<Session, 'write'>,
  request: ProductRequest,
  read: (answer: ProductAnswer) => Attempt,
  call: Call,
): Promise<Attempt> => {
  const sent = await session.write(request, call);
  if (sent.came !== 'answered') return sent;
  try {
    return read(sent.answer);
  } catch (why) {
    return attemptEnded(why);
  }
};
