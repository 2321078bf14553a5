import { open, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

// A separate program, started with the file to write: the bundler takes memory that a worker would keep.
const [file = ''] = process.argv.slice(2);
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
  logger: new DefaultLogger('WARN'),
});
const draft = `${file}.${process.pid}`;
try {
  const written = await open(draft, 'wx', 0o600);
  await written.writeFile(code);
  await written.sync();
  await written.close();
  await rename(draft, file);
} finally {
  await rm(draft, { force: true });
}
