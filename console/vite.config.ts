import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Builds the console to static files; every name but the page's own holds the digest of its content. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The API puts the nonce of each answer in its place.
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: process.env.ATTUNE_CONSOLE_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Nothing inside addresses: the policy allows no script or font from them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
  worker: { format: 'es' },
});
