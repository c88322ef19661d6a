/** A server that closes every stream after 30 s, as gateways do: who comes again goes on where it was, as often as it takes. */
import { describe, expect, it } from 'vitest';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('closed-streams');
const count = 4;

async function play(target: string) {
  const { result } = await rig.play(`name: closed-streams
workload:
  operations: { publish: { does: placeOrder, pattern: publish, payload: event } }
  payloads: { event: { size: 512B } }
subscribers: { count: ${count} }
load: { model: open, threads: 1, rate: 50/s, warmup: 0s, duration: 65s }
targets: { pushes: { ${target} } }
`);
  const { deliveries } = result.trials[0] ?? {};
  if (deliveries === undefined) throw new Error('nobody knows what was delivered');
  return deliveries;
}

// At the same time: each is 65 s of waiting for two ends of each stream.
describe.concurrent('a stream that is closed after 30 s', () => {
  it.each(['websocket', 'rest', 'grpc'])('of %s is opened again, and nothing is missed', async (protocol) => {
    const { publications, pairs, missed, twice, outOfOrder, reconnects, gaps } = await play(
      `protocol: ${protocol}, push: { closeAfter: 30s }`,
    );
    expect(publications).toBeGreaterThan(3_000);
    expect(pairs).toBe(publications * count);
    expect({ missed, twice, outOfOrder, reconnects }).toEqual({
      missed: 0,
      twice: 0,
      outOfOrder: 0,
      reconnects: 2 * count,
    });
    expect(gaps).toMatchObject({ count: 2 * count, neverBack: 0 });
  });

  it('misses without a log what was published in between, and no more', async () => {
    const { missed, missedInGaps, twice, reconnects } = await play(
      'protocol: websocket, push: { closeAfter: 30s, log: 0 }',
    );
    expect({ reconnects, twice, beyondGaps: missed - missedInGaps }).toEqual({
      reconnects: 2 * count,
      twice: 0,
      beyondGaps: 0,
    });
  });
});
