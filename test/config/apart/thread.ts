import { answerInThread } from '../../../src/config/apart/thread.ts';
import { config } from '../fixtures.ts';

answerInThread(config);
