/** TCP connections as the kernel lists them. Linux, IPv4. */
import { readFileSync } from 'node:fs';

const established = '01';

/** How many connections of this host's clients to `port` on loopback are established. */
export function establishedTo(port: number): number {
  return countEstablished(readFileSync('/proc/net/tcp', 'utf8'), port);
}

/** `table`: what /proc/net/tcp says; of the two ends of a connection only the client's counts. */
export function countEstablished(table: string, port: number): number {
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} ${established} `;
  return table.split(remote).length - 1;
}
