import { defineConfig } from 'vite';

/** Pages that use published packages just as their documentation says. */
export default defineConfig({
  build: {
    outDir: '../../../artifacts/browser/pages',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: { input: ['uppy.html', 'oidc.html'].map((page) => new URL(page, import.meta.url).pathname) },
  },
});
