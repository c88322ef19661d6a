import type { LinkProbe } from './protocol-facts.ts';

/** OPTIONS * asks the server, not one of its resources; any status is an answer. A WebSocket server answers it, too. */
export const httpProbe: LinkProbe = {
  request: 'OPTIONS * HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n',
};
