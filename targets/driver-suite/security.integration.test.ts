/** Who is let in by our services, and who is not: the same on each protocol that answers itself, and no refusal in the evidence. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallerHolding, callerHoldings } from '../../scenarios/callers.ts';
import type { Request, RestTarget, Target, TlsSettings } from '../../scenarios/scenario.ts';
import { EvidenceReader } from '../domain/evidence.ts';
import { type OperationCaller, outcomes } from '../driver.ts';
import { issueCredentials } from '../gateway/caller-credentials.ts';
import { freePort } from '../process/free-port.ts';
import { startReferenceService } from '../process/reference-service.ts';
import { loadProtocol } from '../registry.ts';
import { CertificateAuthority } from '../security/certificate-authority.ts';
import { callerCheckOf } from '../security/secure-target.ts';
import type { CallerCheck, ServerTls } from '../security/service-security.ts';
import { RecordedSession } from './recorded-session.ts';

const common = { name: 'secured', engine: 'native', via: 'direct', connections: 2 } as const;
const targets = {
  rest: { ...common, protocol: 'rest' },
  grpc: { ...common, protocol: 'grpc', reflection: false },
  websocket: { ...common, protocol: 'websocket' },
} as const satisfies Record<string, Target>;
const names = Object.keys(targets) as (keyof typeof targets)[];
const refusals = { rest: 'status 401', grpc: 'status UNAUTHENTICATED', websocket: 'handshake status 401' };
const others = callerHoldings.filter((holding) => holding !== 'valid');

let directory: string;
let authority: CertificateAuthority;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(os.tmpdir(), 'wirebench-security-'));
  authority = await CertificateAuthority.create(join(directory, 'authority'));
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
  await rm(directory, { recursive: true, force: true });
});

interface Served {
  readonly target: Target;
  readonly port: number;
  /** Operations that its service took up. */
  received(): number;
  stop(): Promise<unknown>;
}

async function serve(
  target: Target,
  security: { readonly tls?: ServerTls | null; readonly check?: CallerCheck },
  at?: number,
): Promise<Served> {
  const { servicePath } = await loadProtocol(target);
  const port = at ?? (await freePort());
  const path = join(directory, `${target.protocol}-${port}-${ends.length}`);
  const service = await startReferenceService(
    servicePath,
    {
      ...{ protocol: target.protocol, target, port, evidencePath: `${path}.evidence`, broker: null, names: {} },
      ...{ population: { readable: 3, cancellable: 0 }, workTimeMs: 0, rejectRatio: 0, seed: 1 },
      security: { tls: security.tls ?? null, check: security.check ?? null },
    },
    `${path}.log`,
  );
  ends.push(() => service.stop());
  const evidence = new EvidenceReader(`${path}.evidence`);
  let received = 0;
  return {
    ...{ target, port, stop: () => service.stop() },
    received() {
      received += [...evidence.more()].length;
      return received;
    },
  };
}

interface Shown {
  readonly headers?: Readonly<Record<string, string>>;
  /** Whose connections are its own, where who it is goes with the connection. */
  readonly caller?: OperationCaller;
  readonly tls?: TlsSettings;
}

async function open({ target, port }: Served, { headers = {}, caller, ...shown }: Shown): Promise<RecordedSession> {
  const { driver, preset } = await loadProtocol(target);
  const { requests, settings } = preset(target, {}, { placeOrder: { pattern: 'request-reply' } });
  const key = target.protocol === 'grpc' ? 'metadata' : 'headers';
  const request = requests.placeOrder as Request & Partial<Record<typeof key, object>>;
  const own = target.protocol === 'websocket' ? request : { ...request, [key]: { ...request[key], ...headers } };
  const session = await RecordedSession.open({
    driver,
    address: `127.0.0.1:${port}`,
    target: { ...target, ...settings, ...shown, ...(target.protocol === 'websocket' && { headers }) } as Target,
    operations: { placeOrder: { pattern: 'request-reply', request: own as Request, ...(caller && { caller }) } },
    payloads: { placeOrder: [Buffer.from('paper')] },
  });
  ends.push(() => session.close());
  return session;
}

async function outcomeOf(session: RecordedSession) {
  const { outcome, reason, retryable } = await session.run('placeOrder');
  return { outcome, reason, retryable };
}

const served = { outcome: outcomes.ok, reason: '', retryable: false };

describe.concurrent.each(names)('%s', (name) => {
  it.each(['apiKey', 'jwt'] as const)('serves who shows a good one of %s, and nobody else', async (auth) => {
    const holdings = Object.fromEntries(callerHoldings.map((one) => [one, one])) as Record<
      CallerHolding,
      CallerHolding
    >;
    const issued = await issueCredentials(auth, holdings);
    const service = await serve(targets[name], { check: callerCheckOf(auth, issued.gateway) });
    const showing = (holding: CallerHolding) =>
      open(service, {
        headers: issued.headers[holding] ?? {},
        caller: {
          name: holding,
          share: 1,
          holds: holding,
          mayBeServed: holding === 'valid',
          headers: issued.headers[holding] ?? {},
        },
      });
    const refused = { outcome: outcomes.rejected, reason: refusals[name], retryable: false };
    for (const holding of others)
      expect([holding, await outcomeOf(await showing(holding))]).toEqual([holding, refused]);
    expect(service.received()).toBe(0);
    expect(await outcomeOf(await showing('valid'))).toEqual(served);
    expect(service.received()).toBeGreaterThan(0);
  });

  it('wants a certificate of its own authority, and one that is good now', async () => {
    const server = await authority.issue({ name: 'localhost', use: 'server' });
    const service = await serve(targets[name], { tls: { ...server, clientAuthority: authority.file } });
    const foreign = await CertificateAuthority.create(join(directory, `foreign-${name}`));
    const trusting = { ca: authority.file, serverName: 'localhost', verify: true };
    const showing = async (files: object) => outcomeOf(await open(service, { tls: { ...trusting, ...files } }));
    const hints = { none: /cert/, foreign: /authority that issued it/, expired: /was over on \d{4}-/ };
    const wrong = {
      none: {},
      foreign: await foreign.issue({ name: 'wirebench', use: 'client' }),
      expired: await authority.issue({ name: 'wirebench', use: 'client', notAfter: new Date(Date.now() - 60_000) }),
    };
    for (const why of ['none', 'foreign', 'expired'] as const) {
      const refused: unknown = await showing(wrong[why]).catch((error: unknown) => error);
      // A service on Node ends the connection without a word where it does not take what it was shown.
      const message = expect.stringMatching(why === 'none' ? /required/ : /refused|connection (closed|reset)/i);
      const told = { code: 'cannotConnect', exitCode: 3, message, hint: expect.stringMatching(hints[why]) };
      expect([why, refused]).toMatchObject([why, told]);
    }
    expect(service.received()).toBe(0);
    expect(await showing(await authority.issue({ name: 'wirebench', use: 'client' }))).toEqual(served);
  });

  it.runIf(name === 'websocket')('is told at set-up where nobody is let in who was to be', async () => {
    const { gateway } = await issueCredentials('apiKey', { load: 'valid' });
    const service = await serve(targets[name], { check: callerCheckOf('apiKey', gateway) });
    const refused = { code: 'cannotConnect', exitCode: 3, message: expect.stringContaining(refusals[name]) };
    await expect(open(service, {})).rejects.toMatchObject(refused);
  });

  it('is not trusted under another name, whoever issued its certificate', async () => {
    const server = await authority.issue({ name: 'shop.test', use: 'server' });
    const service = await serve(targets[name], { tls: { ...server, clientAuthority: null } });
    const tls = { ca: authority.file, serverName: 'localhost', verify: true };
    const refused = { code: 'cannotConnect', message: expect.stringContaining('certificate of another host') };
    await expect(open(service, { tls })).rejects.toMatchObject(refused);
  });
});

it.concurrent('a WebSocket that must be made anew, and is not let in any more, rejects what would have gone on it', async () => {
  const [first, second] = await Promise.all([1, 2].map(() => issueCredentials('jwt', { load: 'valid' })));
  if (first === undefined || second === undefined) throw new Error('no credentials');
  const service = await serve(targets.websocket, { check: callerCheckOf('jwt', first.gateway) });
  const session = await open(service, { headers: first.headers.load ?? {} });
  expect(await outcomeOf(session)).toEqual(served);
  await service.stop();
  const next = await serve(targets.websocket, { check: callerCheckOf('jwt', second.gateway) }, service.port);
  const reasons = new Set<string>();
  for (let n = 0; n < 200 && !reasons.has(refusals.websocket); n++) {
    const attempt = session.start('placeOrder');
    const ended = await Promise.race([attempt.whenEnded, sleep(50, null)]);
    if (ended === null) session.abort(attempt);
    else reasons.add(ended.reason);
  }
  expect([...reasons]).toContain(refusals.websocket);
  expect(next.received()).toBe(0);
});

it.concurrent('a certificate that expires meanwhile ends no connection, and makes none any more', async () => {
  const anew: RestTarget = { ...targets.rest, reuse: 1 };
  /** Sessions while it is good: on a busy machine more time is needed until they are open. */
  const openedWithin = async (goodMs: number) => {
    const notAfter = new Date(Date.now() + goodMs);
    const server = await authority.issue({ name: 'localhost', use: 'server', notAfter });
    const tls = { ca: authority.file, serverName: 'localhost', verify: true };
    const service = await serve(targets.rest, { tls: { ...server, clientAuthority: null } });
    const kept = await open(service, { tls });
    const renewed = await open({ ...service, target: anew }, { tls });
    expect([await outcomeOf(kept), await outcomeOf(renewed)]).toEqual([served, served]);
    return { notAfter, kept, renewed };
  };
  const { notAfter, kept, renewed } = await openedWithin(3_000).catch(() => openedWithin(20_000));
  await sleep(notAfter.getTime() - Date.now() + 1_100);
  const ended = [];
  for (let n = 0; n < 4; n++) ended.push((await outcomeOf(renewed)).reason);
  expect(ended).toContain('certificate expired');
  expect(await outcomeOf(kept)).toEqual(served);
});

it.concurrent('a connection over TLS is kept whose answer is there before Node tells that the request has gone', async () => {
  const server = await authority.issue({ name: 'localhost', use: 'server' });
  const service = await serve(targets.rest, { tls: { ...server, clientAuthority: null } });
  const session = await open(service, { tls: { ca: authority.file, serverName: 'localhost', verify: true } });
  const standStill = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);
  for (let n = 0; n < 5; n++) {
    await sleep(1);
    const attempt = session.start('placeOrder');
    standStill(); // what comes meanwhile is read before the callbacks of what was written
    expect(await attempt.whenEnded).toMatchObject({ outcome: outcomes.ok });
  }
  expect(session.session.httpCounts?.()).toEqual({ handshakes: 0 });
});
