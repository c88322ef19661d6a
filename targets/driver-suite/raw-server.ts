/** A TCP server for tests that does what it is told with every connection, well-behaved or not. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';

export class RawServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** So far. */
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(onSocket: (socket: Socket, n: number) => void, secure?: tls.TlsOptions): Promise<RawServer> {
    const server = secure === undefined ? createServer({ noDelay: true }) : tls.createServer(secure);
    const raw = new RawServer(server);
    server.on(secure === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      raw.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => raw.#sockets.delete(socket));
      onSocket(socket, raw.connections++);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return raw;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Of those open now. */
  resetConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
