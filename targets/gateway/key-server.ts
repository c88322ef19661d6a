/** Serves the public keys of a trial's tokens (a JSON Web Key Set, RFC 7517) to a gateway that asks for them by URL. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeyServer {
  /** `host:port`; every path of it has the keys. */
  readonly address: string;
  close(): Promise<void>;
}

export async function startKeyServer(jwks: string): Promise<KeyServer> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(jwks);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
