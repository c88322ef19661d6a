import { describe, expect, it } from 'vitest';
import { judge, type VerdictInput } from './verdict.ts';

const quiet: VerdictInput = {
  sendLagP50Us: 40,
  sendLagP99Us: 400,
  sendLagMaxUs: 5_000,
  cpuPressure: 0.02,
  cpuSteal: 0,
  cpuBusy: 0.5,
  otherWork: 0.01,
  longestStallMs: 5,
  longestGcPauseMs: 3,
  gcShare: 0.002,
  droppedLateShare: 0,
  notSteady: false,
  eventLoopUtilisation: 0.2,
  canary: { count: 2_000, floorUs: 25, p50Us: 60, p90Us: 120, p99Us: 300 },
  primaryFigures: [],
  sharesCores: true,
  faultProblems: [],
  faultShifts: [],
  lostParts: [],
  cutShort: false,
};
const figure = (us: number, errorUs: number, tailErrorUs: number | null = null) => ({
  ...{ name: 'getOrder p50', us, errorUs, tailErrorUs },
});
const codes = (change: Partial<VerdictInput>) => {
  const { status, reasons } = judge({ ...quiet, ...change });
  return [status, ...reasons.map(({ code }) => code)];
};

describe('judge', () => {
  it.each([
    ['a quiet machine', {}, ['valid']],
    [
      'nothing known',
      { sendLagP50Us: null, sendLagP99Us: null, sendLagMaxUs: null, cpuPressure: null, cpuSteal: null },
      ['valid'],
    ],
    ['a late generator', { sendLagP99Us: 60_000 }, ['invalid', 'generatorLate']],
    ['some lag', { sendLagP99Us: 12_000 }, ['suspect', 'sendLag']],
    ['a stall of the generator', { sendLagMaxUs: 300_000 }, ['suspect', 'generatorStall']],
    ['a short stall that no arrival saw', { longestStallMs: 250 }, ['suspect', 'generatorStall']],
    ['a long stall', { longestStallMs: 500 }, ['invalid', 'generatorStall']],
    ['a backlog, which is no stall', { sendLagP99Us: 12_000, sendLagMaxUs: 300_000 }, ['suspect', 'sendLag']],
    ['one long collection', { longestGcPauseMs: 120 }, ['suspect', 'gcPauses']],
    ['many short collections', { gcShare: 0.06 }, ['suspect', 'gcPauses']],
    ['a few drops of its own doing', { droppedLateShare: 0.001 }, ['suspect', 'generatorDrops']],
    ['many drops of its own doing', { droppedLateShare: 0.02 }, ['invalid', 'generatorDrops']],
    ['busy CPUs', { cpuBusy: 0.97 }, ['valid']],
    ['busy CPUs, pressure not known', { cpuBusy: 0.97, cpuPressure: null }, ['valid']],
    ['tasks that wait for each other, with no harm done', { cpuPressure: 0.9, cpuBusy: 1 }, ['valid']],
    ['a figure known to a tenth', { primaryFigures: [figure(1_000, 100)] }, ['valid']],
    ['a figure known to less', { primaryFigures: [figure(1_000, 101)] }, ['suspect', 'resolution']],
    [
      'the worst of several figures',
      { primaryFigures: [figure(20_000, 60), figure(250, 60)] },
      ['suspect', 'resolution'],
    ],
    ['a tail that moves no median by more', { primaryFigures: [figure(1_000, 20, 50)] }, ['valid']],
    ['a tail that may', { primaryFigures: [figure(1_000, 20, 51)] }, ['suspect', 'resolution']],
    ['a figure of nothing', { primaryFigures: [figure(0, 0)] }, ['valid']],
    ['no canaries', { canary: null }, ['valid']],
    ['other programs', { otherWork: 0.08 }, ['suspect', 'otherWork']],
    ['a warm-up that gave up', { notSteady: true }, ['suspect', 'notSteady']],
    ['accounts that agree with the record', { unexplainedCents: 0 }, ['valid']],
    ['accounts that do not', { unexplainedCents: -1_000 }, ['invalid', 'recordDisagrees']],
    ['a store that kept all', { storeFailures: { requests: 0, why: '' } }, ['valid']],
    ['a full store', { storeFailures: { requests: 3, why: 'database or disk is full' } }, ['suspect', 'storeFailed']],
    ['a host that takes CPU away', { cpuSteal: 0.02 }, ['suspect', 'cpuSteal']],
    ['a busy load worker', { eventLoopUtilisation: 0.95 }, ['suspect', 'generatorBusy']],
    ['a fault that outlived its window', { faultShifts: ['latency ended 4000 ms late'] }, ['suspect', 'faultShifted']],
    ['a fault that did not act', { faultProblems: ['latency: x'] }, ['invalid', 'faultDidNotAct']],
    ['a lost proxy', { lostParts: ['toxiproxy'] }, ['invalid', 'proxyLost']],
    ['a lost broker: the system failed, not the measurement', { lostParts: ['rabbitmq'] }, ['suspect', 'partLost']],
    ['evidence that is missing', { missingEvidence: ['inventory'] }, ['invalid', 'evidenceMissing']],
    ['evidence that is all there', { missingEvidence: [] }, ['valid']],
    ['an interrupt', { cutShort: true }, ['invalid', 'cutShort']],
  ] as const)('%s', (_name, change, expected) => {
    expect(codes(change as Partial<VerdictInput>)).toEqual(expected);
  });

  it('tells what it was judged by, in numbers', () => {
    const { figures } = judge({ ...quiet, cpuPressure: null });
    expect(figures).toMatchObject({ sendLagP99Us: 400, gcShare: 0.002, cpuPressure: null });
    expect(figures).not.toHaveProperty('lostParts');
    expect(figures?.canary).toEqual(quiet.canary);
  });

  it('keeps that other engines have no canaries apart from that none came back', () => {
    const { canary: _, ...engine } = quiet;
    expect(judge(engine).figures).not.toHaveProperty('canary');
    expect(judge({ ...quiet, canary: null }).figures?.canary).toBeNull();
  });

  it('says how much of which figure is the instrument’s own', () => {
    const { reasons } = judge({ ...quiet, primaryFigures: [figure(20_000, 60), figure(250, 60)] });
    expect(reasons[0]?.message).toContain('± 60 µs, 24.0 % of getOrder p50, 250 µs');
  });

  it('says whether load and system shared cores', () => {
    expect(judge(quiet).sharesCores).toBe(true);
    expect(judge({ ...quiet, sharesCores: false }).sharesCores).toBe(false);
  });

  it('gives each reason a remedy', () => {
    const { reasons } = judge({
      ...quiet,
      primaryFigures: [figure(250, 60)],
      lostParts: ['kafka', 'toxiproxy'],
      cutShort: true,
    });
    expect(reasons).toHaveLength(4);
    for (const { message, remedy } of reasons) expect(message.length * remedy.length).toBeGreaterThan(0);
  });
});
