import { answerInThread } from '../config/apart/thread.ts';
import { config } from './documents.ts';

// The program of the thread in which the API has documents checked.
answerInThread(config);
