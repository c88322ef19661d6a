import { describe, expect, it } from 'vitest';
import type { LatencyName, TrialResult } from '../../result/result-types.ts';
import { limitOf } from './limit-of.ts';

interface Shape {
  readonly protocol?: string;
  readonly codes?: readonly string[];
  readonly cpuBusy?: number;
  readonly otherWork?: number;
  /** µs an operation, at 1,000 of them a second. */
  readonly cpu?: Partial<TrialResult['cpu']>;
  /** null: not reached. */
  readonly p50Ms?: Partial<Record<LatencyName, number | null>>;
  readonly fault?: string;
}

function trial({
  protocol = 'rest',
  codes = [],
  cpuBusy = 0.2,
  otherWork,
  cpu = {},
  p50Ms = {},
  fault,
}: Shape): TrialResult {
  const usual = { acknowledged: 1, service: 1, connectionWait: 0.1 };
  const latencyUs = Object.fromEntries(
    Object.entries({ ...usual, ...p50Ms }).map(([name, p50]) => [
      name,
      { count: 2_000, p50: p50 === null ? null : p50 * 1e3 },
    ]),
  );
  const none = {
    generatorUsPerOperation: 100,
    serviceUsPerOperation: 100,
    brokerUsPerOperation: null,
    proxyUsPerOperation: 50,
  };
  return {
    protocol,
    verdict: { status: 'suspect', reasons: codes.map((code) => ({ code })), figures: { cpuBusy, otherWork } },
    faults: fault === undefined ? [] : [{ fault, settings: fault === 'bandwidth' ? { bytesPerSecond: 1e6 } : {} }],
    cpu: { ...none, ...cpu },
    phases: { steady: { durationMs: 2_000, counts: { offered: 2_000 }, latencyUs } },
  } as unknown as TrialResult;
}

const base = trial({});

describe('what limits a rate', () => {
  it.each<[string | null, Shape]>([
    ['generator', { codes: ['resolution', 'sendLag'] }],
    ['machine', { cpuBusy: 0.95, p50Ms: { service: 80 } }],
    ['network', { fault: 'bandwidth', p50Ms: { service: 80 } }],
    ['service', { fault: 'bandwidth', cpu: { serviceUsPerOperation: 950 } }],
    ['network', { cpu: { proxyUsPerOperation: 900 } }],
    ['service', { cpu: { serviceUsPerOperation: 950 } }],
    ['broker', { protocol: 'queue', cpu: { brokerUsPerOperation: 1_100 } }],
    ['broker', { protocol: 'stream', p50Ms: { acknowledged: 40, service: 60 } }],
    ['broker', { protocol: 'stream', p50Ms: { acknowledged: null, service: 60 } }],
    ['service', { protocol: 'stream', p50Ms: { service: 60 } }],
    ['service', { p50Ms: { service: 60, connectionWait: 90 }, codes: ['resolution'] }],
    ['connections', { p50Ms: { connectionWait: 30 } }],
    [null, {}],
  ])('is the %s in %j', (part, shape) => {
    expect(limitOf(trial(shape), base, 2)).toMatchObject({ part, evidence: expect.stringMatching(/\.$/) });
  });

  it('says how much of a busy machine is the work of others', () => {
    const evidence = (shape: Shape) => limitOf(trial(shape), base, 2).evidence;
    expect(evidence({ cpuBusy: 0.9, otherWork: 0.45 })).toContain(
      '90 % of the time, 45 % with programs that are no part',
    );
    expect(evidence({ cpuBusy: 0.9, otherWork: 0.01 })).not.toContain('no part');
    expect(evidence({ cpuBusy: 0.9 })).not.toContain('no part');
  });

  it('says how much slower answers were than at the lowest rate', () => {
    expect(limitOf(trial({ p50Ms: { service: 41 } }), base, 2).evidence).toContain('41.0 ms instead of 1.00 ms');
  });
});
