import { settleMemory } from './memory.ts';

settleMemory();
await import('./run.ts');
