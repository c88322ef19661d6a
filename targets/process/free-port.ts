/** Free loopback ports, by asking the kernel for one and giving it back just before use. */
import { createServer } from 'node:net';

/** Handed out in this process and not to be handed out again: the kernel may repeat itself within seconds. */
const handedOut = new Set<number>();

/**
 * A port that nobody listens on at 127.0.0.1 now. Another process may take it before it is bound: the start of a part
 * then fails and says so. The kernel's ephemeral range is large, so two runs at once all but never meet.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
    });
    if (port === 0 || handedOut.has(port)) continue;
    handedOut.add(port);
    return port;
  }
}
