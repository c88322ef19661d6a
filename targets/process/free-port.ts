/** Free loopback ports for parts that are told where to listen. */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tryHostLock } from './host-lock.ts';

/** Below are the ports of well-known services, most of all those of brokers and databases. */
const lowest = 20_000;
/** With fewer to choose from, chance would find too few. */
const leastChoice = 2_000;
/** Where Linux begins to take the ports of outgoing connections from, unless told otherwise. */
const usualEphemeralStart = 32_768;

/**
 * A port that nobody listens on at 127.0.0.1 now. It stays reserved among all runs of this host until this process ends,
 * so two at once never meet. Not one of those that the kernel gives to outgoing connections, where it can be helped: a
 * part may take seconds until it binds, and any connection of any program could have taken the port by then. Only a
 * foreign program that listens there can still be first: the start of that part then fails and says so.
 */
export async function freePort(): Promise<number> {
  const end = ephemeralStart();
  for (;;) {
    const wanted = end - lowest < leastChoice ? 0 : randomInt(lowest, end);
    const port = await boundPort(wanted);
    if (port !== null && (await tryHostLock(`port-${port}`)) !== null) return port;
  }
}

let ephemeralStartRead: number | undefined;

function ephemeralStart(): number {
  ephemeralStartRead ??= readEphemeralStart();
  return ephemeralStartRead;
}

function readEphemeralStart(): number {
  try {
    const start = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
    return Number.isNaN(start) ? usualEphemeralStart : start;
  } catch {
    return usualEphemeralStart; // not Linux; elsewhere the range begins higher still
  }
}

/** Binds and lets go of it; 0: one that the kernel proposes. null: it is taken. */
function boundPort(wanted: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(null) : reject(error),
    );
    server.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : null;
      server.close(() => resolve(port));
    });
  });
}
