/** Whether connections to a target are in clear. */
import type { Target } from './scenario.ts';

const secureSchemes: readonly string[] = ['https', 'wss', 'amqps', 'grpcs'];

/** `scheme` without `://`, in small letters. */
export function isSecureScheme(scheme: string): boolean {
  return secureSchemes.includes(scheme);
}

export function isSecured({ address = '', tls }: Pick<Target, 'address' | 'tls'>): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase();
  return scheme === undefined ? tls !== undefined : isSecureScheme(scheme);
}
