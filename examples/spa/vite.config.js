import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Answers /config.json with what SPA_CONFIG holds; once deployed it is a file beside index.html. */
const configFile = () => ({
  name: 'config-file',
  configureServer(server) {
    server.middlewares.use('/config.json', (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(process.env.SPA_CONFIG ?? '{}');
    });
  },
});

const client = (file) => fileURLToPath(new URL(`../../client/src/${file}`, import.meta.url));

export default defineConfig({
  plugins: [react(), configFile()],
  // The client's source, so that a change in it shows at once. An app of your own installs the package.
  resolve: { alias: { '@stateless-backend/client/query': client('query.ts'), '@stateless-backend/client': client('index.ts') } },
  server: { fs: { allow: ['../..'] } },
  build: { target: 'es2023', sourcemap: true },
});
