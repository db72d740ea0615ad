import { once } from 'node:events';
import { Server, type Socket } from 'node:net';
import { swallowConnections } from './blackhole.js';

/** How new connections fare. */
export type Door = 'open' | 'refuse' | 'blackhole';

/** The listening side of a proxy: its port stays the same while the door closes and opens again. */
export class Gate {
  port = 0;
  private door: Door = 'open';
  private readonly sockets = new Set<Socket>();
  private leaveBlackhole?: () => Promise<void>;

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
    });
  }

  async listen(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as { port: number }).port;
  }

  /** `refuse`: nobody listens. `blackhole`: connecting never ends. Existing connections are left as they are. */
  async set(door: Door): Promise<void> {
    if (door === this.door) return;
    await this.leaveBlackhole?.();
    this.leaveBlackhole = undefined;
    // An HTTP server's own `close` would end its idle connections, too.
    if (this.door === 'open') Server.prototype.close.call(this.server);
    this.door = door;
    if (door === 'blackhole') this.leaveBlackhole = await swallowConnections(this.port);
    if (door === 'open') await this.listen();
  }

  /** Resets every connection there is. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    await this.set('refuse');
    this.cut();
  }
}
