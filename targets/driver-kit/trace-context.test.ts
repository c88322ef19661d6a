import { expect, it } from 'vitest';
import type { Target } from '../../scenarios/scenario.ts';
import { handshakeHeaders, spanIdOf, traceIdOf } from './trace-context.ts';

const ids = Array.from({ length: 20_000 }, (_, n) => `0a1b2c3d-0000-${n.toString().padStart(10, '0')}`);

it('each operation has an id of its own, in its last 64 bits alone, too', () => {
  const traces = ids.map(traceIdOf);
  expect(traces.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  for (const part of [traces, traces.map((id) => id.slice(0, 16)), traces.map((id) => id.slice(16))]) {
    expect(new Set(part).size).toBe(ids.length);
  }
  expect(traceIdOf(ids[7] ?? '')).toBe(traces[7]);
});

it('samplers that go by the last digits find them spread evenly', () => {
  const low = ids.filter((id) => Number.parseInt(traceIdOf(id).slice(16, 24), 16) < 2 ** 32 / 10).length;
  expect(low / ids.length).toBeGreaterThan(0.08);
  expect(low / ids.length).toBeLessThan(0.12);
});

it('each attempt has a span of its own, which is not the trace’s', () => {
  const spans = [1, 2, 3].map((attempt) => spanIdOf('0a1b2c3d-0000-0000000001', attempt));
  expect(new Set(spans).size).toBe(3);
  expect(spans.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
  expect(traceIdOf('0a1b2c3d-0000-0000000001')).not.toContain(spans[0]);
});

it('a WebSocket has it in its handshake, one for each connection', () => {
  const target = { protocol: 'websocket', engine: 'native', address: 'ws://x' } as Target;
  const [one, other] = ['0a1b2c3d-0-0', '0a1b2c3d-0-1'].map((name) => handshakeHeaders(target, name).traceparent);
  expect(one).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(other).not.toBe(one);
  expect(handshakeHeaders({ ...target, traceparent: 'off' }, 'a')).toEqual({});
});
