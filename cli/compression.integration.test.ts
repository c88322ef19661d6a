import { expect, it } from 'vitest';
import { ratioOf } from '../result/body-bytes.ts';
import { runBench } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('compression');

it('keeps every order whole and says how much smaller it made them', async () => {
  const { out, stdout, result } = await rig.play(
    `name: compression
workload:
  operations:
    placeOrder: { weight: 1, pattern: one-way, payload: order }
    getOrder: { weight: 1 }
  payloads: { order: { size: 4KiB, entropy: 0.2 } }
load: { model: open, rate: 200/s, warmup: 300ms, duration: 1s, threads: 2 }
targets:
  grpc: { protocol: grpc, compression: gzip }
  websocket: { protocol: websocket, connections: 2, compression: { codec: deflate, level: 9 } }
  plain: { protocol: websocket, connections: 2 }
`,
    ['--format', 'terminal,json'],
  );
  const trialOf = (target: string) => result.trials.find((trial) => trial.target === target);
  for (const target of ['grpc', 'websocket']) {
    const { ledger, wire, phases } = trialOf(target) ?? {};
    expect(ledger, target).toMatchObject({ lost: 0, corrupted: 0, duplicatesApplied: 0 });
    expect(ledger?.applied, target).toBeGreaterThan(60);
    const { bodies } = wire ?? {};
    expect(bodies?.plainBytesUp, target).toBeGreaterThan(
      (phases?.steady?.operations.placeOrder?.counts.ok ?? 0) * 4_096,
    );
    expect(ratioOf(bodies?.plainBytesUp ?? 0, bodies?.wireBytesUp ?? 0), target).toBeGreaterThan(2.5);
    expect(bodies?.wireBytesUp, target).toBeLessThan(wire?.bytesUp ?? 0);
    expect(bodies?.wireBytesDown, target).toBeLessThan(wire?.bytesDown ?? 0);
    expect(bodies?.plainBytesDown, target).toBeGreaterThan(0);
  }
  const plain = trialOf('plain');
  expect(plain?.wire.bodies).toBeUndefined();
  expect(trialOf('websocket')?.wire.bytesPerOperation ?? 0).toBeLessThan((plain?.wire.bytesPerOperation ?? 0) / 2);
  expect(trialOf('websocket')?.semantics.codec).toMatch(/deflate level 9/);
  expect(stdout).toContain('bodies smaller');
  expect((await runBench(['report', out, '--format', 'terminal', '--full'])).stdout).toContain('bodies smaller');
}, 120_000);
