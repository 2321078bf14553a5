import { members } from './source-members.ts';
import { sourceContract } from './source-suite.ts';

for (const member of members) sourceContract(member);
