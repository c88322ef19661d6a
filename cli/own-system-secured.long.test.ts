/** TLS, credentials and virtual hosts against RabbitMQ and nginx, secured by their own means. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../targets/process/free-port.ts';
import { type SupervisedProcess, startProcess } from '../targets/process/supervised-process.ts';
import { type NativeRabbitmq, startRabbitmq } from '../targets/stack/rabbitmq/node.ts';
import { rabbitmqProgram } from '../targets/stack/rabbitmq/program.ts';
import { runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

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

async function expectAllOk(target: string): Promise<void> {
  const { result } = await rig.play(scenario(target));
  const counts = result.trials[0]?.phases.steady?.counts;
  expect(counts?.offered).toBeGreaterThan(200);
  expect(counts?.ok).toBe(counts?.offered);
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
    broker = await startRabbitmq(script ?? '', { directory: rig.folder, signal, onSpawn: () => undefined });
  }, 120_000);

  afterAll(async () => {
    await broker?.process.kill();
    await broker?.portMapper?.kill();
  });

  const everything = ['.*', '.*', '.*'] as const;
  const accounts = {
    vhosts: [{ name: '/' }, { name: 'shop' }],
    users: [
      { name: 'guest', password: 'guest', tags: ['administrator'] },
      { name: 'clerk', password: 'secret', tags: [] },
    ],
    permissions: [
      permission('guest', '/', everything),
      permission('guest', 'shop', everything),
      permission('clerk', 'shop', ['^jobs$', '^(jobs|amq\\.default)$', '^jobs$']),
    ],
    queues: [{ name: 'jobs', vhost: 'shop', durable: true, auto_delete: false, arguments: {} }],
  };

  const target = (changes: Record<string, string> = {}, tls = trusting) => {
    const keys = {
      host: 'localhost',
      password: 'secret',
      vhost: 'shop',
      routingKey: 'jobs',
      via: 'direct',
      ...changes,
    };
    return `protocol: queue, via: ${keys.via}, address: "amqps://${keys.host}:${port}", tls: { ${tls} }, user: clerk, password: ${keys.password}, vhost: ${keys.vhost}, requests: { ask: { exchange: "", routingKey: ${keys.routingKey}, body: "x" } }`;
  };

  it.each(['direct', 'toxiproxy'])('takes a load, via %s', (via) => expectAllOk(target({ via })), 60_000);

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
  let nginx: SupervisedProcess;
  const ports = { open: 0, asking: 0 };

  beforeAll(async () => {
    ports.open = await freePort();
    ports.asking = await freePort();
    const server = (port: number, more: string) =>
      `server { listen 127.0.0.1:${port} ssl; ${more} location / { return 200 "ok"; } }\n`;
    const config = rig.write(
      'nginx.conf',
      `daemon off; master_process off; pid ${rig.folder}/nginx.pid; error_log stderr;
events { }
http {
  access_log off; keepalive_requests 100000;
  client_body_temp_path ${rig.folder}/body; proxy_temp_path ${rig.folder}/proxy; fastcgi_temp_path ${rig.folder}/fastcgi;
  uwsgi_temp_path ${rig.folder}/uwsgi; scgi_temp_path ${rig.folder}/scgi;
  ssl_certificate ${pem('localhost')}; ssl_certificate_key ${pem('localhost-key')};
  ${server(ports.open, '')}
  ${server(ports.asking, `ssl_verify_client on; ssl_client_certificate ${pem('authority')};`)}
}
`,
    );
    const logPath = join(rig.folder, 'nginx.log');
    nginx = await startProcess({ name: 'nginx', command: 'nginx', args: ['-e', 'stderr', '-c', config], logPath });
    await vi.waitFor(() => fetch(`http://127.0.0.1:${ports.open}/`), { timeout: 20_000 });
  }, 30_000);

  afterAll(() => nginx?.stop());

  const target = (port: keyof typeof ports, tls = trusting, via = 'direct') =>
    `protocol: rest, via: ${via}, address: "https://localhost:${ports[port]}", tls: { ${tls} }, requests: { ask: { method: GET, path: / } }`;
  const shown = `${trusting}, cert: ${pem('client')}, key: ${pem('client-key')}`;

  it.each(['direct', 'toxiproxy'])('takes a load, via %s', (via) => expectAllOk(target('open', trusting, via)), 60_000);
  it('takes a load of a client that shows its certificate', () => expectAllOk(target('asking', shown)), 60_000);

  it.each([
    ['an unknown authority', () => target('open', ''), /authorit/],
    ['a wrong host', () => target('open', `${trusting}, serverName: other.test`), /other\.test/],
  ])('%s is told', (_, wrong, words) => expectTold(wrong(), words), 60_000);
});
