/** Where the agents of a run meet it, as options say it. */
import { lookup } from 'node:dns/promises';
import { createServer, isIP } from 'node:net';
import { bareHost } from '../scenarios/allowed-hosts.ts';
import { hostPort, loopback } from '../targets/host-port.ts';
import { usageError } from './usage-error.ts';

export interface NatsPlace {
  /** `tls://HOST:PORT`, or `nats://HOST:PORT`. */
  readonly url: string;
  readonly host: string;
}

export interface ListenPlace {
  readonly host: string;
  /** null: any free one. */
  readonly port: number | null;
}

/** As NATS has it. */
const usualPort = '4222';
const natsForm = 'tls://HOST:PORT, or nats://HOST:PORT without TLS';
export const exampleJoin = 'tls://10.0.0.5:4222/7f3a9c21';

/** Of `--nats`. Throws a BenchError (exit 2), also for what would stand in the line that agents join by, and must not. */
export function natsOf(text: string): NatsPlace {
  const found = natsUrl(text);
  if (found === null || !['', '/'].includes(found.pathname))
    throw usageError(`--nats ${withoutSecret(text)} is not of the form ${natsForm}`, 'Credentials go by --nats-creds.');
  return placeOf(found);
}

/** Of `--join`. Throws a BenchError (exit 2). */
export function joinOf(text: string): NatsPlace & { readonly run: string } {
  const found = natsUrl(text);
  const run = found?.pathname.slice(1) ?? '';
  if (found !== null && found.port !== '' && /^\w+$/.test(run)) return { ...placeOf(found), run };
  throw usageError(
    `--join ${withoutSecret(text)} is not of the form tls://HOST:PORT/RUN`,
    `For example: --join ${exampleJoin}`,
  );
}

function natsUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['tls:', 'nats:'].includes(url.protocol) || url.hostname === '') return null;
  return url.username + url.password + url.search + url.hash === '' ? url : null;
}

function placeOf({ protocol, hostname, port }: URL): NatsPlace {
  const host = bareHost(hostname);
  return { url: `${protocol}//${hostPort(host, port === '' ? usualPort : port)}`, host };
}

function withoutSecret(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//…@');
}

/**
 * Of `--listen`: a name as the address that it leads to, for agents are shown addresses, and allow what they are shown.
 * Rejects with a BenchError (exit 2) for what this host cannot listen on.
 */
export async function listenOf(listen: string = loopback): Promise<ListenPlace> {
  const text = isIP(listen) === 6 ? `[${listen}]` : listen;
  const [, name, digits] = /^(\[[\da-f:.]+\]|[^:\s]+)(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const port = digits === undefined ? null : Number(digits);
  if (name === undefined || port === 0 || (port ?? 0) > 65_535)
    throw usageError(`--listen ${listen} is not of the form HOST or HOST:PORT`, 'For example: --listen 10.0.0.5');
  const host = await addressOf(listen, bareHost(name));
  const problem = /^(0\.0\.0\.0|::)$/.test(host) ? 'it stands for all addresses' : await cannotListen(host, port ?? 0);
  if (problem === null) return { host, port };
  throw usageError(
    `--listen ${listen}: ${problem}`,
    'Give one address of this host that the others reach, and a port that is free.',
  );
}

async function addressOf(listen: string, name: string): Promise<string> {
  try {
    return (await lookup(name)).address;
  } catch {
    throw usageError(`--listen ${listen}: nobody knows the host ${name}`, 'Give an address of this host.');
  }
}

/** Why not, in words; null: it can. */
function cannotListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      resolve(code === 'EADDRNOTAVAIL' ? 'this host has no such address' : message);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
