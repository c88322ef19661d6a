/** Where something listens, in words that are dialled. */

/** Where parts of ours listen unless they are told where. */
export const loopback = '127.0.0.1';

/** `host:port`, an IPv6 address in brackets. */
export function hostPort(host: string, port: number | string): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
