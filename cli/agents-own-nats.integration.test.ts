/** Agents over a NATS that is not the run's: by credentials, with no more rights than they need, and nothing secret on it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../result/bench-error.ts';
import { freePort } from '../targets/process/free-port.ts';
import { type SupervisedProcess, startProcess } from '../targets/process/supervised-process.ts';
import { ensurePrograms } from '../targets/stack/install.ts';
import { type AgentsRun, startWithAgents } from './agents-rig.ts';
import { benchRig } from './bench-rig.ts';
import { natsRealm } from './nats-creds.ts';

const rig = benchRig('agents-own-nats');
const pem = (name: string) => join(import.meta.dirname, '..', 'targets/fixtures/tls', `${name}.pem`);
const realm = natsRealm();
const secret = 'hush-hush-4711';
const [host] = Object.values(os.networkInterfaces())
  .flatMap((of) => of ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address);
if (host === undefined) process.stderr.write('--allow-host is left out: this machine has no address beside loopback\n');

let nats: SupervisedProcess;
let sniffer: NatsConnection;
const sniffed: { readonly subject: string; readonly data: Uint8Array }[] = [];
const told = new Set<string | undefined>();
const shop = createServer((request, response) => {
  told.add(request.headers.authorization);
  response.end();
});
let url = '';
let playing: AgentsRun | null = null;

beforeAll(async () => {
  const { 'nats-server': binary } = await ensurePrograms(['nats-server'], {
    ...{ confirm: async () => true, log: () => undefined, signal: new AbortController().signal },
  });
  const port = await freePort();
  url = `tls://127.0.0.1:${port}`;
  const tls = { cert_file: pem('localhost'), key_file: pem('localhost-key') };
  const settings = { listen: `127.0.0.1:${port}`, tls, ...realm.settings };
  nats = await startProcess({
    ...{ name: 'NATS', command: binary, args: ['-c', rig.write('nats.json', JSON.stringify(settings))] },
    logPath: rig.write('nats.log', ''),
  });
  const authenticator = credsAuthenticator(Buffer.from(realm.userCreds('sniffer')));
  sniffer = await connect({
    ...{ servers: `127.0.0.1:${port}`, authenticator, waitOnFirstConnect: true, reconnectTimeWait: 100 },
    tls: { ca: readFileSync(pem('authority'), 'utf8') },
  });
  sniffer.subscribe('>', { callback: (_, { subject, data }) => void sniffed.push({ subject, data }) });
  await sniffer.flush();
  shop.listen(0);
  await once(shop, 'listening');
}, 240_000);

afterAll(async () => {
  playing?.kill();
  await sniffer?.close();
  await nats?.stop();
  shop.closeAllConnections();
  shop.close();
});

const scenario = (at: string) => `name: own-nats
workload: { operations: { placeOrder: { payload: order } }, payloads: { order: { size: 100B } } }
load: { model: open, rate: 200/s, warmup: 200ms, duration: 1s, threads: 1 }
allowHosts: [ ${at} ]
targets:
  shop:
    protocol: rest
    address: http://${at}:${(shop.address() as AddressInfo).port}
    via: direct
    connections: 4
    requests: { placeOrder: { method: POST, path: /, headers: { authorization: 'Bearer \${SHOP_TOKEN}' }, body: '{}' } }
`;

const own = () => ({
  run: ['--nats', url, '--nats-ca', pem('authority'), '--nats-creds', rig.write('run.creds', realm.userCreds('run'))],
  agent: [
    ...['--nats-ca', pem('authority'), '--nats-creds'],
    rig.write(
      'agent.creds',
      realm.userCreds('agent', {
        publish: ['wb.*.join', 'wb.*.of.>'],
        subscribe: ['wb.*.all.>', 'wb.*.to.>', '_INBOX.>'],
      }),
    ),
  ],
});

/** `allow`: what each of two agents is told to allow. */
async function start(allow: readonly (readonly string[])[]) {
  const { run, agent } = own();
  const at = host ?? '127.0.0.1';
  playing = await startWithAgents(rig, scenario(at), { agents: 2, started: 0, args: run, env: { SHOP_TOKEN: secret } });
  for (const [n, more] of allow.entries())
    playing.startAgent(`agent-${n + 1}`, [...agent, ...more], { SHOP_TOKEN: secret });
  return playing;
}

describe('a NATS that is not the run’s', () => {
  const allowed = host === undefined ? [] : ['--allow-host', host];

  it('carries a load by credentials, and never the value of a secret', async () => {
    const { finished, run } = await start([allowed, allowed]);
    const { trials } = await finished();
    expect(run.stderr).toMatch(/--join tls:\S+ --nats-creds FILE --nats-ca FILE/);
    expect(trials[0]?.agents?.map(({ lost, offered }) => [lost, offered > 0])).toEqual([
      [undefined, true],
      [undefined, true],
    ]);
    expect([...told]).toContain(`Bearer ${secret}`); // the value is needed, and was there
    const messages = sniffed.filter(({ subject }) => /^wb\.|^_INBOX/.test(subject));
    expect(messages.length).toBeGreaterThan(20);
    expect(messages.some(({ data }) => text(data).includes('SHOP_TOKEN'))).toBe(true); // by its name alone
    expect(messages.filter(({ data }) => text(data).includes(secret.slice(3)))).toEqual([]);
  });

  it.skipIf(host === undefined)('plays nowhere that one of its agents does not allow', async () => {
    const { run } = await start([allowed, []]);
    expect((await run.exited).code).toBe(exitCodes.usage);
    expect(run.stderr).toMatch(/Agent agent-2: Its load may not go there/);
  });
});

/** Also of what is deflated. */
function text(data: Uint8Array): string {
  try {
    return inflateSync(data).toString('latin1');
  } catch {
    return Buffer.from(data).toString('latin1');
  }
}
