import { isIP, isIPv4 } from 'node:net';

/**
 * Who is counted where there is no user: an IPv4 address, or the /64 of an IPv6 one, which is what one subscriber gets (RFC 6177).
 * `hops` are the addresses from the socket to the client as far as proxies are trusted; a hop that is no address
 * is left out, so that nobody can make up subjects.
 */
export function clientAddress(hops: readonly (string | undefined)[]): string {
  for (let i = hops.length - 1; i >= 0; i -= 1) {
    const address = addressIn(hops[i] ?? '');
    if (address !== undefined) return isIPv4(address) ? address : network64(address);
  }
  return 'unknown';
}

const WITH_PORT = /^(?:\[([^\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Load balancers may add the port. */
function addressIn(text: string): string | undefined {
  const [, six, four] = WITH_PORT.exec(text) ?? [];
  const [address = ''] = (six ?? four ?? text).split('%', 1);
  return isIP(address) === 0 ? undefined : (MAPPED.exec(address)?.[1] ?? address);
}

function network64(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':').length + (tail.includes('.') ? 1 : 0) : 0;
  if (tail !== undefined) while (groups.length + after < 8) groups.push('0');
  if (tail) groups.push(...tail.split(':'));
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
