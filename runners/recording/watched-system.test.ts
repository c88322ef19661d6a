import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { watchOwnSystem } from './own-watch.ts';
import { readMetrics, sumOf } from './prometheus-text.ts';
import { readWatched, requireWatched } from './watched-system.ts';

const text = `# HELP process_cpu_seconds_total Total user and system CPU time.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 1.5
process_resident_memory_bytes 2.5e+07
http_requests_total{code="200",method="get"} 7 1700000000000
http_requests_total{code="500",method="get"} 2
http_requests_total{code="500",path="/a \\"b\\""} 3
go_goroutines NaN
queue_limit +Inf
`;
const never = new AbortController().signal;
let url: string;
const server = createServer((_, answer) => answer.end(text));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
});
afterAll(() => void server.close());

describe('metrics of Prometheus', () => {
  it.each([
    ['process_cpu_seconds_total', 1.5],
    ['process_resident_memory_bytes', 25e6],
    ['http_requests_total', 12],
    ['http_requests_total{code="500"}', 5],
    ['http_requests_total{path="/a \\"b\\""}', 3],
    ['queue_limit', Number.POSITIVE_INFINITY],
    ['http_requests_total{code="404"}', null],
    ['no_such', null],
  ])('%s is %s', (selector, value) => {
    expect(sumOf(readMetrics(text), selector)).toBe(value);
  });
});

describe('an own system', () => {
  it('is read by its metrics, CPU and memory among them', async () => {
    const metrics = ['http_requests_total{code="500"}', 'gone'];
    expect(await readWatched({ prometheus: url, metrics }, never)).toEqual({
      ...{ cpuUs: 1.5e6, memoryBytes: 25e6 },
      metrics: { [metrics[0] as string]: 5, gone: null },
    });
  });

  it('is read by its process, over the measured time', async () => {
    const fromUs = monotonicNowUs();
    const busy = setInterval(() => {
      for (const until = performance.now() + 15; performance.now() < until; );
    }, 20);
    const { source, cpuUs, points } = await watchOwnSystem(
      { pid: process.pid, prometheus: url, metrics: ['go_goroutines'] },
      { fromUs, toUs: fromUs + 1_100_000 },
      never,
    );
    clearInterval(busy);
    expect(source).toBe(`pid ${process.pid}, prometheus ${url}`);
    expect(cpuUs).toBeGreaterThan(50_000);
    expect(points).toHaveLength(2);
    expect(points[0]?.cores).toBeGreaterThan(0);
    expect(points[1]?.memoryBytes).toBeGreaterThan(10e6);
    expect(points[1]?.metrics).toEqual({ go_goroutines: null });
  });

  it('that is not there is told before any load', async () => {
    const refusal = (settings: Parameters<typeof requireWatched>[1]) =>
      requireWatched('shop', settings, never).catch(({ message, exitCode }) => `${exitCode} ${message}`);
    expect(await refusal({ pid: 4_194_303 })).toBe('2 shop: no process 4194303 can be read here');
    expect(await refusal({ cgroup: 'no/such.slice' })).toMatch(/no\/such\.slice is no control group/);
    expect(await refusal({ prometheus: url, metrics: ['go_goroutines', 'no_such'] })).toMatch(/has no no_such$/);
    expect(await refusal({ prometheus: 'http://127.0.0.1:9/metrics' })).toMatch(/gives no metrics: .+/);
    await requireWatched('shop', { pid: process.pid, prometheus: url, metrics: ['go_goroutines'] }, never);
  });
});
