/** TLS, credentials and virtual hosts against RabbitMQ and nginx, secured by their own means. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ForeignServer, startGoHttpbin, startGrpcGo } from '../targets/driver-suite/foreign-servers.ts';
import { type Nginx, startNginx } from '../targets/driver-suite/nginx.ts';
import { freePort } from '../targets/process/free-port.ts';
import type { SupervisedProcess } from '../targets/process/supervised-process.ts';
import { type NativeRabbitmq, startPortMapper, startRabbitmq } from '../targets/stack/rabbitmq/node.ts';
import { planRabbitmqNodes } from '../targets/stack/rabbitmq/plan-nodes.ts';
import { rabbitmqProgram } from '../targets/stack/rabbitmq/program.ts';
import { runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';
import { type Changes, expectAllOk, expectSlowed, playShown } from './shown-scenarios.ts';

const rig = benchRig('own-secured');
const pem = (name: string) => join(import.meta.dirname, '..', 'targets/fixtures/tls', `${name}.pem`);
const trusting = `ca: ${pem('authority')}`;
const script = await rabbitmqProgram.find();
const hasNginx = spawnSync('nginx', ['-v']).status === 0;
if (script === null) process.stderr.write('RabbitMQ is left out, for it is not installed\n');
if (!hasNginx) process.stderr.write('nginx is left out, for it is not on PATH\n');

let files = 0;

/** One target of a second's load. */
function scenario(target: string): string {
  return `name: secured
workload: { operations: { ask: { pattern: one-way } } }
load: { model: open, rate: 200/s, warmup: 200ms, duration: 1500ms, threads: 1 }
conditions: { calm: [] }
targets:
  own: { ${target} }
`;
}

async function expectTakesLoad(target: string): Promise<void> {
  const { result } = await rig.play(scenario(target));
  expectAllOk(result.trials[0]?.phases.steady);
}

/** Before any trial, in plain words. */
async function expectTold(target: string, words: RegExp): Promise<void> {
  const path = rig.write(`refused-${files++}.yaml`, scenario(target));
  const { code, stderr } = await runBench(['run', path, '--yes', '--out', rig.newOut()]);
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/bug of Wirebench|^ +at /m);
  expect(code).toBe(3);
}

describe.skipIf(script === null)('RabbitMQ with TLS, a virtual host and a restricted user', () => {
  let broker: NativeRabbitmq;
  let portMapper: SupervisedProcess | null = null;
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    const more = join(rig.folder, 'rabbitmq', 'conf.d');
    mkdirSync(more, { recursive: true });
    const definitions = rig.write('definitions.json', JSON.stringify(accounts));
    const settings = {
      'listeners.ssl.1': `127.0.0.1:${port}`,
      'ssl_options.cacertfile': pem('authority'),
      'ssl_options.certfile': pem('localhost'),
      'ssl_options.keyfile': pem('localhost-key'),
      'ssl_options.verify': 'verify_none',
      load_definitions: definitions,
    };
    const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
    writeFileSync(join(more, 'secured.conf'), lines.join(''));
    const { signal } = new AbortController();
    const context = { directory: rig.folder, signal, onSpawn: () => undefined };
    const plan = await planRabbitmqNodes(1);
    portMapper = await startPortMapper(plan.portMapper, context);
    broker = await startRabbitmq(script ?? '', plan, plan.nodes[0], context);
  }, 120_000);

  afterAll(async () => {
    await broker?.process.kill();
    await portMapper?.kill();
  });

  const everything = ['.*', '.*', '.*'] as const;
  const accounts = {
    vhosts: [{ name: '/' }, { name: 'shop' }],
    users: [
      { name: 'guest', password: 'guest', tags: ['administrator'] },
      { name: 'clerk', password: 'secret', tags: [] },
      { name: 'boss', password: 'secret', tags: [] },
    ],
    permissions: [
      permission('guest', '/', everything),
      permission('guest', 'shop', everything),
      permission('clerk', 'shop', ['^$', '^(jobs|orders|amq\\.default)$', '^(jobs|quorum|stream)$']),
      permission('boss', 'shop', everything),
    ],
    queues: ['jobs', 'quorum', 'stream'].map((name) => ({
      ...{ name, vhost: 'shop', durable: true, auto_delete: false },
      arguments: name === 'jobs' ? {} : { 'x-queue-type': name },
    })),
    exchanges: [{ name: 'orders', vhost: 'shop', type: 'topic', durable: true, auto_delete: false, internal: false }],
  };

  const target = (changes: Record<string, string> = {}, tls = trusting) => {
    const keys = {
      host: 'localhost',
      password: 'secret',
      vhost: 'shop',
      routingKey: 'jobs',
      exchange: '""',
      more: '',
      via: 'direct',
      ...changes,
    };
    const request = `{ exchange: ${keys.exchange}, routingKey: ${keys.routingKey}, body: "x" }`;
    return `protocol: queue, via: ${keys.via}, address: "amqps://${keys.host}:${port}", tls: { ${tls} }, user: clerk, password: ${keys.password}, vhost: ${keys.vhost}, ${keys.more} requests: { ask: ${request} }`;
  };

  it.each(['direct', 'toxiproxy'])('takes a load, via %s', (via) => expectTakesLoad(target({ via })), 60_000);

  it.each(['jobs', 'quorum', 'stream'])(
    'takes a load to a queue of each type, which is consumed through Toxiproxy: %s',
    (routingKey) => expectTakesLoad(target({ routingKey, via: 'toxiproxy', more: 'consume: true,' })),
    60_000,
  );

  it('takes the load of the page of RabbitMQ, by a topic exchange, through Toxiproxy', async () => {
    const [trial] = await playShown(rig, 'own-rabbitmq', [
      ['amqp://127.0.0.1:5672', `amqps://localhost:${port}`],
      ['via: direct', `tls: { ${trusting} }\n    user: boss\n    password: secret\n    vhost: shop`],
    ]);
    expectAllOk(trial?.phases.steady);
  }, 60_000);

  it.each([
    ['a wrong password', () => target({ password: 'wrong' }), /refuses user clerk: not known, or the wrong password/],
    [
      'an unknown virtual host',
      () => target({ vhost: 'none' }),
      /does not open virtual host none for user clerk: not there, or not for that user/,
    ],
    [
      'a virtual host of others',
      () => target({ vhost: '/' }),
      /does not open virtual host \/ for user clerk: not there, or not for that user/,
    ],
    [
      'no right to declare a queue',
      () => target({ exchange: 'orders', more: 'consume: { bind: { exchange: orders, routingKey: "#" } },' }),
      /user clerk has no (configure )?right for queue amq\.gen-/,
    ],
    ['a queue that is not there', () => target({ routingKey: 'nowhere' }), /has no queue nowhere|user clerk has no/],
    ['an unknown authority', () => target({}, ''), /authorit/],
    ['a wrong host', () => target({}, `${trusting}, serverName: other.test`), /other\.test/],
  ])('%s is told', (_, wrong, words) => expectTold(wrong(), words), 60_000);
});

function permission(
  user: string,
  vhost: string,
  [configure, write, read]: readonly [string, string, string] | string[],
) {
  return { user, vhost, configure, write, read };
}

describe.skipIf(!hasNginx)('nginx with TLS, and with certificates of clients', () => {
  let nginx: Nginx;

  beforeAll(async () => {
    nginx = await startNginx(rig.folder, 9);
  }, 30_000);
  afterAll(() => nginx?.process.stop());

  const target = (port: keyof Nginx['ports'], tls = trusting, via = 'direct') =>
    `protocol: rest, via: ${via}, address: "https://localhost:${nginx.ports[port]}", tls: { ${tls} }, requests: { ask: { method: GET, path: / } }`;
  const shown = `${trusting}, cert: ${pem('client')}, key: ${pem('client-key')}`;

  it.each(['direct', 'toxiproxy'])(
    'takes a load, via %s',
    (via) => expectTakesLoad(target('open', trusting, via)),
    60_000,
  );
  it('takes a load of a client that shows its certificate', () => expectTakesLoad(target('asking', shown)), 60_000);

  it.each([
    ['an unknown authority', () => target('open', ''), /authorit/],
    ['a wrong host', () => target('open', `${trusting}, serverName: other.test`), /other\.test/],
  ])('%s is told', (_, wrong, words) => expectTold(wrong(), words), 60_000);
});

describe('the pages of HTTP, WebSocket and gRPC, over TLS against servers in Go, through Toxiproxy', () => {
  let web: ForeignServer;
  let grpc: ForeignServer;
  const pair = { cert: pem('localhost'), key: pem('localhost-key') };
  const secured = `tls: { ${trusting} }`;

  beforeAll(async () => {
    web = await startGoHttpbin(join(rig.folder, 'httpbin.log'), pair);
    grpc = await startGrpcGo(join(rig.folder, 'grpc-go.log'), pair);
  }, 300_000);
  afterAll(() => Promise.all([web, grpc].map((server) => server?.process.stop())));

  it('HTTP, where the latency shows', async () => {
    const changes: Changes = [['http://127.0.0.1:8080', `https://localhost:${web.port}\n    ${secured}`]];
    expectSlowed(await playShown(rig, 'own-http', changes), 45_000);
  }, 120_000);

  it.each<[string, string, () => Changes]>([
    [
      'WebSocket',
      'own-websocket',
      () => [
        ['ws://127.0.0.1:8081/live', `wss://localhost:${web.port}/websocket/echo`],
        ['via: direct', secured],
      ],
    ],
    [
      'gRPC',
      'shop',
      () => [
        ['127.0.0.1:50051', `grpcs://localhost:${grpc.port}`],
        ['via: direct', secured],
        ['./shop.proto', join(import.meta.dirname, '..', 'targets/grpc/fixtures/interop.proto')],
        ['shop.Orders/Place', 'grpc.testing.TestService/UnaryCall'],
        ['{ id: "{{id}}", blob: "{{payloadBase64}}" }', '{ payload: { body: "{{payloadBase64}}" } }'],
      ],
    ],
  ])(
    '%s: every operation is ok',
    async (_, name, changes) => {
      const [trial] = await playShown(rig, name, changes());
      expectAllOk(trial?.phases.steady);
    },
    60_000,
  );
});
