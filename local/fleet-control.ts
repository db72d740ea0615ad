import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Fleet } from './fleet.js';

/** Kills tasks on request: `GET /tasks`, `POST /tasks/2/kill`. For pages of these origins and for programs on this machine. */
export async function controlFleet(fleet: Fleet, port: number, origins: string[]): Promise<Server> {
  const server = createServer(({ method, url = '', headers: { origin } }, response) => {
    // A page of another site could send a plain POST, too.
    if (origin !== undefined && !origins.includes(origin)) return void response.writeHead(403).end();
    if (origin !== undefined) response.setHeader('access-control-allow-origin', origin);
    const number = /^\/tasks\/([1-9])\/kill$/.exec(url)?.[1];
    if (method === 'POST' && number !== undefined) fleet.kill(Number(number));
    else if (method !== 'GET' || url !== '/tasks') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(fleet.tasks()));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** In a terminal, the key of a number kills that task. Raw input takes Ctrl-C with it, so that is handed on. */
export function killOnKeyPress(fleet: Fleet): void {
  if (!process.stdin.isTTY) return;
  process.stdin.setRawMode(true).resume().on('data', (keys) => {
    for (const key of keys.toString()) {
      if (key === '\u0003') process.kill(process.pid, 'SIGINT');
      else if (/[1-9]/.test(key)) fleet.kill(Number(key));
    }
  });
}
