/** Who is let in by secured brokers of ours: who shows what was asked for; all others are told so as the session opens. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { QueueTarget, Request, StreamTarget, Target } from '../../scenarios/scenario.ts';
import { authsOf, type Secured } from '../../scenarios/security.ts';
import { outcomes } from '../driver.ts';
import { startReferenceService } from '../process/reference-service.ts';
import { loadProtocol } from '../registry.ts';
import { listenerFor, secureBrokered } from '../security/broker-security.ts';
import { CertificateAuthority } from '../security/certificate-authority.ts';
import { brokerParts } from '../stack/broker-parts.ts';
import { startNativeStack } from '../stack/native-stack.ts';
import type { RunningStack } from '../stack/stack.ts';
import { directQueue, directStream } from './direct-targets.ts';
import { RecordedSession } from './recorded-session.ts';

const brokers = { queue: 'rabbitmq', stream: 'kafka' } as const;
const targets = { queue: directQueue, stream: directStream } as const;
const names = Object.keys(targets) as (keyof typeof targets)[];

let stack: RunningStack;
let directory: string;
let foreign: CertificateAuthority;
/** All that were made, those of the brokers too: who else could issue a certificate that is over? */
const authorities: CertificateAuthority[] = [];
let trials = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-secured-brokers-'));
  const create = CertificateAuthority.create.bind(CertificateAuthority);
  vi.spyOn(CertificateAuthority, 'create').mockImplementation(async (folder) => {
    const made = await create(folder);
    authorities.push(made);
    return made;
  });
  foreign = await CertificateAuthority.create(join(directory, 'foreign'));
  const paths = Object.fromEntries(
    await Promise.all(
      Object.values(brokers).map(async (name) => [name, (await brokerParts[name].program.find()) ?? ''] as const),
    ),
  );
  const needs = { toxiproxy: false, brokers: { rabbitmq: 1, kafka: 1 }, secured: Object.values(brokers) };
  stack = await startNativeStack(needs, paths, new AbortController().signal);
}, 120_000);

afterAll(async () => {
  await stack?.down();
  await rm(directory, { recursive: true, force: true });
});

/** Its service connects as it should, its load with `shown` in place of that. */
async function placeOne(name: keyof typeof targets, secured: Secured, shown: Partial<Target> = {}) {
  const security = stack.brokers[brokers[name]]?.security;
  const listener = listenerFor(secured);
  if (security === undefined || listener === null) throw new Error('the broker is in clear');
  const target = secureBrokered({ ...targets[name], ...secured } as Target, security);
  const { driver, preset, resourceNames, servicePath } = await loadProtocol(target);
  const trialTag = `s${process.pid.toString(36)}n${trials++}`;
  const resources = resourceNames(trialTag, target);
  const address = security.listeners[listener];
  const service = await startReferenceService(
    servicePath,
    {
      ...{ protocol: target.protocol, target, port: 0, broker: address, names: resources },
      ...{ evidencePath: join(directory, `${trialTag}.evidence`), population: { readable: 1, cancellable: 0 } },
      ...{ workTimeMs: 0, rejectRatio: 0, seed: 1 },
    },
    join(directory, `${trialTag}.log`),
  );
  try {
    const { requests, settings } = preset(target, resources, { placeOrder: { pattern: 'request-reply' } });
    const session = await RecordedSession.open({
      ...{ driver, address, trialTag, target: { ...target, ...settings, ...shown } as Target },
      operations: { placeOrder: { pattern: 'request-reply', request: requests.placeOrder as Request } },
      payloads: { placeOrder: [Buffer.from('paper')] },
    });
    const { outcome } = await session.run('placeOrder');
    await session.close();
    return outcome;
  } finally {
    await service.stop();
  }
}

const kinds = [
  { tlsMode: 'server' },
  { tlsMode: 'mutual' },
  { auth: 'sasl' },
  { tlsMode: 'server', auth: 'sasl' },
  { tlsMode: 'mutual', auth: 'sasl' },
] as const satisfies readonly Secured[];

describe.each(names)('%s', (name) => {
  it.each(kinds)(
    'serves over %o',
    async (secured) => {
      expect(await placeOne(name, secured)).toBe(outcomes.ok);
    },
    60_000,
  );

  it('refuses who has a foreign certificate, one that is over, or none, as the session opens', async () => {
    const security = stack.brokers[brokers[name]]?.security;
    const tls = { ca: security?.authority ?? '', serverName: 'localhost', verify: true };
    const own = authorities.find(({ file }) => file === security?.authority);
    const over = await own?.issue({ name: 'wirebench', use: 'client', notAfter: new Date(Date.now() - 60_000) });
    expect(over).toBeDefined();
    const wrong = {
      // RabbitMQ lets in who shows none and logs in all the same: it has one setting for all its listeners.
      ...(name === 'stream' && { none: tls }),
      foreign: { ...tls, ...(await foreign.issue({ name: 'wirebench', use: 'client' })) },
      expired: { ...tls, ...over },
    };
    for (const [why, shown] of Object.entries(wrong)) {
      const ended: unknown = await placeOne(name, { tlsMode: 'mutual' }, { tls: shown }).catch(
        (error: unknown) => error,
      );
      const told = {
        code: 'cannotConnect',
        exitCode: 3,
        message: expect.stringMatching(/certificate|closes|closed|reset/),
      };
      expect([why, ended]).toMatchObject([why, told]);
    }
  }, 60_000);

  it('refuses a user with the wrong password, as the session opens', async () => {
    expect(authsOf(targets[name].protocol)).toEqual(['sasl']);
    const shown: Partial<QueueTarget> & Partial<StreamTarget> =
      name === 'queue'
        ? { password: 'guessed' }
        : { sasl: { mechanism: 'scram-sha-256', username: 'load', password: 'guessed' } };
    const refused = { code: 'cannotConnect', exitCode: 3, message: expect.stringMatching(/refuse|login|password/i) };
    await expect(placeOne(name, { auth: 'sasl' }, shown as Partial<Target>)).rejects.toMatchObject(refused);
  }, 60_000);
});
