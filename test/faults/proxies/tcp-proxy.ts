import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Gate, type Door } from './gate.js';

interface Pair {
  client: Socket;
  upstream: Socket;
}

/** Forwards bytes to one address on loopback and can delay, hold back or lose them, or cut the connections. */
export class TcpProxy {
  private readonly gate: Gate;
  private readonly pairs = new Set<Pair>();
  private latency = { ms: 0, jitterMs: 0 };
  private isHanging = false;

  private constructor(private readonly target: { host: string; port: number }) {
    this.gate = new Gate(createServer({ noDelay: true }, (client) => this.join(client)));
  }

  static async to(target: { host: string; port: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.gate.listen();
    return proxy;
  }

  get port(): number {
    return this.gate.port;
  }

  /** What the upstream says arrives later, in order. Milliseconds. */
  slow(ms: number, jitterMs = 0): void {
    this.latency = { ms, jitterMs };
  }

  /** Connections stay, and new ones are taken, but nothing moves in them; what was said meanwhile is lost by a `cut`. */
  hang(): void {
    this.isHanging = true;
    for (const { client, upstream } of this.pairs) for (const socket of [client, upstream]) socket.pause();
  }

  /** Resets every connection; new ones are taken. */
  cut(): void {
    this.gate.cut();
    for (const { upstream } of this.pairs) upstream.destroy();
  }

  door(door: Door): Promise<void> {
    return this.gate.set(door);
  }

  /** Everything as if there were no proxy. */
  async heal(): Promise<void> {
    this.latency = { ms: 0, jitterMs: 0 };
    this.isHanging = false;
    await this.gate.set('open');
    for (const { client, upstream } of this.pairs) for (const socket of [client, upstream]) socket.resume();
  }

  async close(): Promise<void> {
    await this.gate.close();
    this.cut();
  }

  private join(client: Socket): void {
    const upstream = connect({ ...this.target, noDelay: true });
    const pair = { client, upstream };
    this.pairs.add(pair);
    const part = () => {
      client.destroy();
      upstream.destroy();
      this.pairs.delete(pair);
    };
    for (const socket of [client, upstream]) socket.on('error', part).on('close', part);
    client.on('data', (chunk: Buffer) => upstream.write(chunk));
    let before = Promise.resolve();
    upstream.on('data', (chunk: Buffer) => {
      const { ms, jitterMs } = this.latency;
      if (ms === 0) return void (before = before.then(() => void client.write(chunk)));
      const due = delay(ms + Math.random() * jitterMs);
      before = before.then(() => due).then(() => void client.write(chunk));
    });
    if (this.isHanging) for (const socket of [client, upstream]) socket.pause();
  }
}
