import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

export interface Site {
  url: string;
  stop(): Promise<void>;
}

export interface SiteOptions {
  folder: string;
  /** The page of a path without a file extension, as infra/spa-paths.js does it. */
  fallback: string;
  /** Answered at /config.json, asked for at each request. */
  config(): object;
  /** Where the page may connect to. */
  connect(): string[];
}

/** Serves a bundle as the content network does: router paths get the page, and the same Content-Security-Policy holds. */
export async function serveSite(port: number, { folder, fallback, config, connect }: SiteOptions): Promise<Site> {
  const server = createServer((request, response) => {
    void (async () => {
      const path = normalize(new URL(request.url ?? '/', 'http://site').pathname);
      response.setHeader('content-security-policy', policy(connect()));
      response.setHeader('x-content-type-options', 'nosniff');
      response.setHeader('cache-control', 'no-store');
      if (path === '/config.json') return response.setHeader('content-type', 'application/json').end(JSON.stringify(config()));
      const file = join(folder, extname(path) === '' ? fallback : path);
      const isThere = await stat(file).then((entry) => entry.isFile(), () => false);
      if (!isThere) return response.writeHead(404).end();
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      return createReadStream(file).pipe(response);
    })();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}

/** What infra/cdn.tf sends. */
const policy = (connect: string[]): string =>
  [
    "default-src 'self'",
    `connect-src 'self' ${connect.join(' ')}`,
    `img-src 'self' data: blob: ${connect.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
