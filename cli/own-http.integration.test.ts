/** What only HTTP has, against a server that knows nothing of us: go-httpbin, in clear and over TLS with HTTP/2. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ForeignServer, startGoHttpbin } from '../targets/driver-suite/foreign-servers.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('own-http');
const fixtures = join(import.meta.dirname, '..', 'targets', 'fixtures');
let clear: ForeignServer;
let secured: ForeignServer;

beforeAll(async () => {
  clear = await startGoHttpbin(join(rig.folder, 'clear.log'));
  secured = await startGoHttpbin(join(rig.folder, 'secured.log'), {
    cert: join(fixtures, 'loopback-certificate.pem'),
    key: join(fixtures, 'loopback-key.pem'),
  });
}, 120_000);
afterAll(() => Promise.all([clear?.process.stop(), secured?.process.stop()]));

it('new connections, redirects, files, forms and HTTP/2: every operation is ok, and what was done beside is counted', async () => {
  rig.write('photo.png', randomBytes(2_000).toString('latin1'));
  const requests = `
      form: { method: POST, path: /anything, multipart: { note: "of {{id}}", photo: { file: photo.png } } }
      file: { method: PUT, path: /put, body: { file: photo.png }, headers: { content-type: image/png } }
      moved: { method: GET, path: "/redirect-to?url=/get&status_code=307" }
      named: { method: GET, path: /user-agent }`;
  const { result, stdout } = await rig.play(`name: own-http
workload: { operations: { form: {}, file: {}, moved: {}, named: {} } }
load: { model: open, rate: 150/s, warmup: 200ms, duration: 1s, threads: 1 }
targets:
  fresh:
    protocol: rest
    via: direct
    address: http://127.0.0.1:${clear.port}
    connections: { count: 8, reuse: none }
    followRedirects: 2
    userAgent: shop-load/1
    requests: ${requests}
  second:
    protocol: rest
    http: 2
    via: direct
    address: https://127.0.0.1:${secured.port}
    tls: { verify: false }
    connections: 2
    followRedirects: 2
    requests: ${requests}
`);
  const [fresh, second] = result.trials;
  for (const trial of [fresh, second]) {
    const { counts, operations } = trial?.phases.steady ?? {};
    expect(counts?.offered).toBeGreaterThan(50);
    expect(counts?.ok).toBe(counts?.offered);
    expect(trial?.http?.redirects).toBeGreaterThanOrEqual(operations?.moved?.counts.ok ?? Number.NaN);
  }
  // One for each request, a hop being another; the first of each connection was opened before.
  const offered = fresh?.phases.steady?.counts.offered ?? 0;
  expect(fresh?.http?.handshakes).toBeGreaterThan(offered - 8);
  expect(second?.http?.handshakes).toBe(0);
  expect(second?.semantics.protocol).toBe('HTTP/2, keep-alive');
  expect(fresh?.semantics.protocol).toBe('HTTP/1.1, a connection for each request, no pipelining');
  expect(stdout).toContain('redirects followed');
}, 60_000);
