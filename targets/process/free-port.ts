/** Free loopback ports for parts that are told where to listen. */
import { createServer } from 'node:net';
import { tryHostLock } from './host-lock.ts';

/**
 * A port that nobody listens on at 127.0.0.1 now. The kernel proposes it; it stays reserved among all runs of this host
 * until this process ends, so two at once never meet, nor does the kernel's habit of proposing one again soon matter.
 * Only a foreign program can still take it before it is bound: the start of that part then fails and says so.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await unusedPort();
    if ((await tryHostLock(`port-${port}`)) !== null) return port;
  }
}

function unusedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
