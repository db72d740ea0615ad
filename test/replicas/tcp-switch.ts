import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A proxy on loopback between a replica and something that it depends on, to be cut and mended. */
export interface TcpSwitch {
  port: number;
  cut(): void;
  mend(): void;
  close(): void;
}

export async function tcpSwitch(target: string): Promise<TcpSwitch> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isCut = false;
  const proxy = createServer((client) => {
    if (isCut) return client.destroy();
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => [client, upstream].forEach((each) => each.destroy() && sockets.delete(each)));
    }
    client.pipe(upstream).pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const sever = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (proxy.address() as { port: number }).port,
    cut: () => {
      isCut = true;
      sever();
    },
    mend: () => void (isCut = false),
    close: () => {
      sever();
      proxy.close();
    },
  };
}
