import { rows } from './target-rows.ts';
import { targetContract } from './target-suite.ts';

for (const row of rows) targetContract(row);
