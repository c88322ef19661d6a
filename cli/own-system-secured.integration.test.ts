/** Own systems over TLS that nobody here wrote, in one run: nginx, go-httpbin's HTTP and WebSocket, grpc-go's four kinds of methods. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunResult } from '../result/result-types.ts';
import { type ForeignServer, startGoHttpbin, startGrpcGo } from '../targets/driver-suite/foreign-servers.ts';
import { type Nginx, startNginx } from '../targets/driver-suite/nginx.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('own-secured');
const fixture = (...path: readonly string[]) => join(import.meta.dirname, '..', 'targets', ...path);
const pem = (name: string) => fixture('fixtures/tls', `${name}.pem`);
const pair = { cert: pem('localhost'), key: pem('localhost-key') };
const trusting = `ca: ${pem('authority')}`;
const shown = `${trusting}, cert: ${pem('client')}, key: ${pem('client-key')}`;
const hasNginx = spawnSync('nginx', ['-v']).status === 0;
if (!hasNginx) process.stderr.write('nginx is left out, for it is not on PATH\n');

let servers: readonly ForeignServer[] = [];
let nginx: Nginx | null = null;
let result: RunResult;

const size = '{ response_parameters: [ { size: 100 }, { size: 5000 } ] }';
const kinds: Readonly<Record<string, string>> = {
  unary: '{ method: UnaryCall, message: { response_size: 100, payload: { body: "{{payloadBase64}}" } } }',
  sends: '{ method: StreamingInputCall, messages: [ { payload: { body: aGk= } }, {}, {} ] }',
  receives: `{ method: StreamingOutputCall, message: ${size} }`,
  talks: `{ method: FullDuplexCall, messages: [ ${size}, ${size} ] }`,
};
/** An HTTP service is asked the same however often it has an operation. */
const each = (request: string) =>
  Object.keys(kinds)
    .map((name) => `${name}: ${request}`)
    .join(', ');
const grpc = Object.entries(kinds)
  .map(([name, request]) => `${name}: ${request.replace('method: ', 'method: grpc.testing.TestService/')}`)
  .join(', ');

beforeAll(async () => {
  servers = await Promise.all([
    startGoHttpbin(join(rig.folder, 'httpbin.log'), pair),
    startGrpcGo(join(rig.folder, 'grpc-go.log'), pair),
  ]);
  const [web, interop] = servers.map(({ port }) => port) as [number, number];
  const proto = `proto: ${fixture('grpc/fixtures/interop.proto')}`;
  const get = each('{ method: GET, path: / }');
  const targets = [
    `web: { protocol: rest, via: direct, address: "https://localhost:${web}", tls: { ${trusting} }, requests: { ${get} } }`,
    `echo: { protocol: websocket, via: direct, address: "wss://localhost:${web}/websocket/echo", tls: { ${trusting} }, requests: { ${each(`{ message: '{"id":"{{id}}"}', replyId: /id }`)} } }`,
    `grpc: { protocol: grpc, via: direct, address: "localhost:${interop}", tls: { ${trusting} }, ${proto}, requests: { ${grpc} } }`,
  ];
  if (hasNginx) {
    nginx = await startNginx(rig.folder, interop);
    targets.push(
      `web2: { protocol: rest, http: 2, via: direct, address: "https://localhost:${nginx.ports.h2}", tls: { ${trusting} }, requests: { ${each('{ method: GET, path: /web }')} } }`,
      `nginx: { protocol: rest, via: direct, address: "https://localhost:${nginx.ports.open}", tls: { ${trusting} }, requests: { ${get} } }`,
      `asking: { protocol: rest, via: direct, address: "https://localhost:${nginx.ports.asking}", tls: { ${shown} }, requests: { ${get} } }`,
      `h2: { protocol: grpc, via: direct, address: "grpcs://localhost:${nginx.ports.h2}", tls: { ${trusting} }, ${proto}, requests: { ${grpc} } }`,
    );
  }
  const played = await rig.play(`name: secured
workload:
  operations: { ${each('{ pattern: request-reply, payload: small }')} }
  payloads: { small: { size: 64B } }
load: { model: open, arrivals: constant, rate: 200/s, warmup: 0s, duration: 500ms, threads: 1 }
conditions: { calm: [] }
targets:
${targets.map((target) => `  ${target}\n`).join('')}`);
  result = played.result;
}, 300_000);

afterAll(async () => {
  await nginx?.process.stop();
  await Promise.all(servers.map(({ process }) => process.stop()));
});

it.each(['web', 'echo', 'grpc', ...(hasNginx ? ['nginx', 'asking', 'web2', 'h2'] : [])])(
  '%s: every operation is ok',
  (name) => {
    const steady = result.trials.find(({ target }) => target === name)?.phases.steady;
    for (const operation of Object.keys(kinds)) {
      const counts = steady?.operations[operation]?.counts;
      expect(counts?.offered).toBeGreaterThan(5);
      expect(counts?.ok).toBe(counts?.offered);
    }
  },
);

it.each(['grpc', ...(hasNginx ? ['h2'] : [])])('%s: messages of each kind of method are counted', (name) => {
  const messages = result.trials.find(({ target }) => target === name)?.wire?.messages;
  const each = Object.entries(messages ?? {}).map(([operation, { sent, received }]) => [operation, received / sent]);
  expect(Object.fromEntries(each)).toMatchObject({ sends: 1 / 3, receives: 2, talks: 2 });
});
