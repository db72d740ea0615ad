import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Gate, type Door } from './gate.js';

interface Pair {
  client: Socket;
  upstream: Socket;
}

export type TcpFault =
  /** What the upstream says arrives later, in order. */
  | { kind: 'slow'; ms: number; jitterMs?: number }
  /** Connections stay, and new ones are taken, but nothing moves in them until the proxy is healed. */
  | { kind: 'hang' }
  /** Every connection is reset, those there are and those to come. */
  | { kind: 'reset' }
  /** What the client says arrives; at the first word of an answer the connection is reset. */
  | { kind: 'lose-replies' }
  /** Answered in place of the upstream, which hears nothing. */
  | { kind: 'answer'; answer: (said: Buffer) => string };

/** Forwards bytes to one address on loopback, or misbehaves. */
export class TcpProxy {
  private readonly gate: Gate;
  private readonly pairs = new Set<Pair>();
  private fault?: TcpFault;

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

  /** Takes the place of the fault before it. */
  inject(fault: TcpFault): void {
    this.fault = fault;
    if (fault.kind === 'hang') for (const { client, upstream } of this.pairs) for (const socket of [client, upstream]) socket.pause();
    if (fault.kind === 'reset') this.cut();
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
    this.fault = undefined;
    await this.gate.set('open');
    for (const { client, upstream } of this.pairs) for (const socket of [client, upstream]) socket.resume();
  }

  async close(): Promise<void> {
    await this.gate.close();
    this.cut();
  }

  private join(client: Socket): void {
    if (this.fault?.kind === 'reset') return void client.resetAndDestroy();
    const upstream = connect({ ...this.target, noDelay: true });
    const pair = { client, upstream };
    this.pairs.add(pair);
    const part = () => {
      client.destroy();
      upstream.destroy();
      this.pairs.delete(pair);
    };
    for (const socket of [client, upstream]) socket.on('error', part).on('close', part);
    client.on('data', (said: Buffer) => {
      if (this.fault?.kind === 'answer') client.write(this.fault.answer(said));
      else upstream.write(said);
    });
    let before = Promise.resolve();
    upstream.on('data', (said: Buffer) => {
      const { fault } = this;
      if (fault?.kind === 'lose-replies') return void client.resetAndDestroy();
      const due = fault?.kind === 'slow' ? delay(fault.ms + Math.random() * (fault.jitterMs ?? 0)) : undefined;
      before = before.then(() => due).then(() => void client.write(said));
    });
    if (this.fault?.kind === 'hang') for (const socket of [client, upstream]) socket.pause();
  }
}
