/**
 * Connections that go to a link in place of the broker that a library dials. Brokers tell their clients where to
 * connect; a client that obeyed would go round the proxy. What the library sees stays the broker's own address, so
 * that certificates are checked against the name that the broker has.
 */
import net from 'node:net';
import { bareHost } from '../../scenarios/allowed-hosts.ts';
import { hostPort } from '../host-port.ts';
import type { LinkOf } from '../link-of.ts';

type Connect = typeof net.Socket.prototype.connect;

/** Sockets that `make` begins to connect, before it returns, are led through links. */
export function dialThrough<T>(linkOf: LinkOf | undefined, make: () => T): T {
  const leave = beginDialThrough(linkOf);
  try {
    return make();
  } finally {
    leave();
  }
}

/** Holds until what is returned is called, which must be in the same turn of the event loop. */
export function beginDialThrough(linkOf: LinkOf | undefined): () => void {
  if (linkOf === undefined) return () => undefined;
  const usual = net.Socket.prototype.connect; // the gate of this thread, where there is one
  net.Socket.prototype.connect = function (this: net.Socket, ...given: unknown[]): net.Socket {
    return connectBy(linkOf, usual, this, given);
  } as Connect;
  return () => {
    net.Socket.prototype.connect = usual;
  };
}

function connectBy(linkOf: LinkOf, connect: Connect, socket: net.Socket, given: readonly unknown[]): net.Socket {
  const args = Array.isArray(given[0]) ? given[0] : given;
  const options = args[0] as net.TcpNetConnectOpts;
  const { host = 'localhost', port } = options;
  const rest = args.filter((arg) => typeof arg === 'function');
  const go = (link: string) => {
    const colon = link.lastIndexOf(':');
    const place = { host: bareHost(link.slice(0, colon)), port: Number(link.slice(colon + 1)) };
    Reflect.apply(connect, socket, [{ ...options, ...place }, ...rest]);
  };
  const link = linkOf(hostPort(host, port));
  if (typeof link === 'string') {
    go(link);
    return socket;
  }
  Object.assign(socket, { connecting: true }); // what is written meanwhile waits, as it does while a name is looked up
  link.then(
    (found) => {
      if (!socket.destroyed && !socket.writableEnded) go(found);
    },
    (error: unknown) => socket.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return socket;
}
