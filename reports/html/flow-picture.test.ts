import { describe, expect, it } from 'vitest';
import type { FlowsResult, TrialResult } from '../../result/result-types.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { flowPicture } from './flow-picture.ts';

const us = { count: 100, min: 1, mean: 1_000, p50: 1_000, p90: 1_000, p99: 1_000, p999: null, max: 1_000 };
const noStates = { completed: 98, compensated: 0, refused: 0, stuck: 2, open: 0, inconsistent: 0, phantom: 0 };

function flowsWith(shape: FlowsResult['shape']): FlowsResult {
  return {
    ...noStates,
    acknowledged: 100,
    unacknowledged: 0,
    needsPerson: 0,
    stuckAfter: { payment: 2 },
    openAfter: {},
    inconsistencies: {},
    moneyCents: { ...noStates, unacknowledged: 0, accountsCents: null },
    stages: [
      { from: 'placed', to: 'payment', us, share: 0.5 },
      { from: 'payment', to: 'inventory', us, share: 0.25 },
      { from: 'inventory', to: 'shipping', us, share: 0.25 },
    ],
    perFlow: {
      cpuUs: { total: 900, by: { orders: 300, payment: 200, inventory: 200, shipping: 200 } },
      bytes: { total: 2_048, by: { 'orders-payment': 1_024 } },
      messages: { total: 6, by: { payment: 2, inventory: 2, shipping: 2 } },
    },
    ...(shape && { shape }),
    examples: {},
  };
}

function pictureOf(flows: FlowsResult): string | null {
  const [trial] = fixtureResult().trials;
  const trials = [{ ...(trial as TrialResult), flows }];
  return flowPicture({ label: 'led <1>', target: 'led', trials, counted: trials, status: 'valid' });
}

const calls = ['payment', 'inventory', 'shipping'].map((to) => ({ from: 'orders', to, what: `do ${to}` }));
const led = { style: 'orchestrated', over: 'rest', broker: null, edges: calls } as const;
const events = [
  { from: 'orders', to: 'payment', what: 'placed' },
  { from: 'payment', to: 'inventory', what: 'paid' },
  { from: 'inventory', to: 'shipping', what: 'reserved' },
];

/** Text of the part of this name. */
function partOf(picture: string | null, name: string): string {
  const parts = [...(picture ?? '').matchAll(/<g>.*?<\/g>/gs)].map(([one]) => one);
  return parts.find((one) => one.includes(`>${name}</text>`)) ?? '';
}

describe('the picture of a flow', () => {
  it('has each part with its time, share and CPU, and each call with its messages and bytes', () => {
    const picture = pictureOf(flowsWith(led));
    expect(picture).toContain('led &lt;1&gt;');
    for (const text of ['p50 1.00 ms', '50 %', 'CPU 200 µs']) expect(partOf(picture, 'payment')).toContain(text);
    expect(picture).toContain('>do payment</text>');
    expect(picture).toContain('>2.00 msg, 1.00 KiB</text>');
    expect(picture).toContain('A flow: CPU 900 µs, 2.00 KiB on the links, 6.00 messages between the parts.');
  });

  it('marks where flows are stuck, and nowhere else', () => {
    const picture = pictureOf(flowsWith(led));
    expect(partOf(picture, 'payment')).toContain('2 stuck after it');
    expect(picture?.match(/stuck after it/g)).toHaveLength(1);
  });

  it('has the broker that all of it goes through', () => {
    const picture = pictureOf(flowsWith({ style: 'choreographed', over: 'stream', broker: 'Kafka', edges: events }));
    expect(picture).toContain('Kafka is needed by every flow');
    for (const { what } of events) expect(picture).toContain(`>${what}</text>`);
    expect(pictureOf(flowsWith(led))).not.toContain('class="broker"');
  });

  it('is none where nobody says who asks whom', () => {
    expect(pictureOf(flowsWith(undefined))).toBeNull();
  });
});
