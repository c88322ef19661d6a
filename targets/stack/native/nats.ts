/** A NATS server of our own, for one run: TLS with a certificate of its own, a token to join by, and rights for each agent. */
import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { connect, isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'selfsigned';
import { hostPort } from '../../host-port.ts';
import { type PartContext, startPart } from './start-part.ts';

export interface NatsLogin {
  readonly user: string;
  readonly password: string;
}

/** Subjects that somebody may use; `>` and `*` as NATS has them. */
export interface NatsRights {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export interface NatsOptions {
  /** Where it listens, an address of this host or a name that leads to one, and how agents reach it. */
  readonly host: string;
  readonly port: number;
  /** What whoever has the token may do. */
  readonly joining: NatsRights;
}

export interface NativeNats {
  /** PEM: who signed its certificate, which is itself. */
  readonly ca: string;
  /** May do everything. */
  readonly owner: NatsLogin;
  readonly joiner: NatsLogin;
  /** From now on the holder of this public NKey may do that much. */
  admit(publicKey: string, rights: NatsRights): Promise<void>;
  stop(): Promise<void>;
}

/** Of whoever has only the token. */
export const joinUser = 'join';

const startDeadlineMs = 15_000;
const probeMs = 1_000;
const restartMs = 300;
/** From now on, and back: it outlives no run, and the clock of a host that joins may be days off. */
const validMs = 7 * 24 * 3_600_000;

export async function startNats(
  binary: string,
  { host, port, joining }: NatsOptions,
  { directory, signal, onSpawn }: PartContext,
): Promise<NativeNats> {
  const path = (name: string) => join(directory, name);
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'wirebench' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - validMs),
    notAfterDate: new Date(Date.now() + validMs),
    extensions: [{ name: 'subjectAltName', altNames: ['localhost', '127.0.0.1', host].map(altName) }],
  });
  await writeFile(path('nats-cert.pem'), cert);
  await writeFile(path('nats-key.pem'), key, { mode: 0o600 });
  const owner = { user: 'run', password: randomBytes(24).toString('hex') };
  const joiner = { user: joinUser, password: randomBytes(24).toString('hex') };
  const users: object[] = [owner, { ...joiner, permissions: joining }];
  const write = async () => {
    // JSON is a part of what it reads.
    const settings = {
      listen: hostPort(host, port),
      server_name: 'wirebench',
      logfile_size_limit: 10_000_000,
      tls: { cert_file: path('nats-cert.pem'), key_file: path('nats-key.pem') },
      authorization: { users },
    };
    await writeFile(path('nats.conf.new'), JSON.stringify(settings, null, 2), { mode: 0o600 });
    await rename(path('nats.conf.new'), path('nats.conf'));
  };
  await write();
  const process = await startPart(
    {
      name: 'NATS',
      command: binary,
      args: ['-c', path('nats.conf')],
      logPath: path('nats.log'),
      onSpawn,
      startDeadlineMs,
      probe: () => accepts(host, port),
    },
    signal,
  );
  // Whoever joined before is still let in: all of it is in its settings.
  let isOver = false;
  process.onExit(async (_, isExpected) => {
    if (isExpected) return;
    await sleep(restartMs, undefined, { ref: false });
    if (!isOver) await process.restart().catch(() => undefined);
  });
  let written = Promise.resolve();
  let next: Promise<void> | null = null;
  return {
    ca: cert,
    owner,
    joiner,
    admit: (nkey, permissions) => {
      users.push({ nkey, permissions });
      // Whoever is admitted while it still reads the last settings shares the next ones.
      next ??= written.then(async () => {
        next = null;
        await write();
        process.reload(); // one that has ended reads it when it starts again
      });
      written = next.catch(() => undefined);
      return next;
    },
    stop: () => {
      isOver = true;
      return process.stop();
    },
  };
}

function altName(name: string): { type: 2; value: string } | { type: 7; ip: string } {
  return isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name };
}

/** It speaks first, and says who it is. */
function accepts(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: probeMs });
    const end = (error?: Error) => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.once('data', (data) => end(data.toString().startsWith('INFO ') ? undefined : new Error('it is not NATS')));
    socket.once('timeout', () => end(new Error('it does not answer')));
    socket.once('error', end);
  });
}
