import { describe, expect, it } from 'vitest';
import { seededDraws } from '../../result/fixtures/seeded-draws.ts';
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { couplingResult } from '../fixtures/coupling-result.ts';
import { fixtureResult, fixtureTrial } from '../fixtures/fixture-result.ts';
import { renderFirstScreen } from './first-screen.ts';

const screen = (result: RunResult, width = 80) =>
  renderFirstScreen(result, { colour: false, width, directory: 'results/x', page: 'report.html' });

interface Shape {
  readonly targets: number;
  readonly operations: number;
  readonly conditions: number;
  readonly repeats?: number;
  readonly invalid?: boolean;
}

/** As many of each as asked for, copied from the fixture. */
function shaped({ targets, operations, conditions, repeats = 1, invalid = false }: Shape): RunResult {
  const whole = fixtureResult();
  const operationNames = Array.from({ length: operations }, (_, n) => (n === 0 ? 'placeOrder' : `operation${n}`));
  const spread = <One>(own: Readonly<Record<string, One>>): Record<string, One> => {
    const [place, get] = [own.placeOrder, own.getOrder] as [One, One];
    return Object.fromEntries(operationNames.map((name, n) => [name, n % 2 === 0 ? place : get]));
  };
  const kinds = { calm: fixtureTrial('rest', 'calm'), 'slow-network': fixtureTrial('rest', 'slow-network') };
  const trial = (target: number, condition: number, repeat: number): TrialResult => {
    const kind = condition === 0 ? 'calm' : 'slow-network';
    const base = {
      ...kinds[kind],
      id: `target-number-${target}-${kind}-${condition}-${repeat}`,
      target: `target-number-${target}`,
      condition: condition === 0 ? 'calm' : `slow-network-${condition}`,
      repeat,
      ...(invalid && {
        verdict: {
          status: 'invalid' as const,
          reasons: ['generatorLate', 'generatorStall', 'resolution', 'otherWork'].map((code) => ({
            ...{ status: 'invalid' as const, code, message: `${code} was too much.`, remedy: 'Use a quieter machine.' },
          })),
        },
      }),
    };
    const phases = Object.entries(base.phases).map(([name, phase]) => [
      name,
      { ...phase, operations: spread(phase.operations) },
    ]);
    return { ...base, phases: Object.fromEntries(phases) };
  };
  const range = (length: number) => Array.from({ length }, (_, n) => n);
  return fixtureResult({
    trials: range(repeats).flatMap((repeat) =>
      range(targets).flatMap((target) => range(conditions).map((condition) => trial(target, condition, repeat + 1))),
    ),
    plan: {
      ...whole.plan,
      primary: undefined,
      conditions: Object.fromEntries(range(conditions).map((n) => [n === 0 ? 'calm' : `slow-network-${n}`, []])),
      repeats,
    },
    thresholds: range(12).map((n) => ({
      expression: `target-number-${n} placeOrder p99 < 100ms in slow-network-1`,
      ...{ actual: 123_456, status: n % 3 === 0 ? 'pass' : 'fail', trial: `target-number-${n}-slow-network-1-1` },
    })),
    warnings: range(9).map((n) => ({
      code: `code${n}`,
      message: `${n}: ${'something went on '.repeat(8)}`,
      remedy: 'Look.',
    })),
  });
}

const shapes: [string, Shape][] = [
  ['one target', { targets: 1, operations: 2, conditions: 2 }],
  ['ten targets', { targets: 10, operations: 2, conditions: 2 }],
  ['forty targets', { targets: 40, operations: 1, conditions: 1 }],
  ['six operations', { targets: 5, operations: 6, conditions: 2 }],
  ['four conditions', { targets: 5, operations: 2, conditions: 4 }],
  ['ten targets, six operations, four conditions', { targets: 10, operations: 6, conditions: 4 }],
  ['three repeats', { targets: 5, operations: 2, conditions: 2, repeats: 3 }],
  ['invalid trials', { targets: 5, operations: 2, conditions: 2, invalid: true }],
];

const results: [string, RunResult][] = [
  ...shapes.map(([name, shape]): [string, RunResult] => [name, shaped(shape)]),
  ['the fixture', fixtureResult()],
  ['a coupling', couplingResult()],
  ['a coupling after its first repeat', couplingResult({ status: 'partial' }, 1)],
  ['no trial', fixtureResult({ trials: [], thresholds: [], warnings: [] })],
];

describe.each(results)('the first screen of %s', (_name, result) => {
  const lines = screen(result).split('\n').slice(0, -1);

  it('has at most 40 lines of 80 columns', () => {
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('has the question first and where there is more last', () => {
    expect(lines[0]).toBe(result.plan.question);
    expect(lines.at(-1)).toContain('results/x');
    if (result.trials.length > 0)
      expect(lines.at(-1)).toContain('bench report results/x --full; results/x/report.html');
  });

  it.each([40, 60, 120, 250])('keeps within %d columns', (width) => {
    for (const line of screen(result, width).split('\n')) expect(line.length).toBeLessThanOrEqual(Math.max(width, 72));
  });
});

describe('what does not fit on the first screen', () => {
  it('is of a long name its middle: variants differ at their ends', () => {
    const { trials } = fixtureResult();
    const targets = [...new Set(trials.map(({ target }) => target))];
    const longName = (target: string) => `web-socket (subscribers=${10 ** targets.indexOf(target)})`;
    const text = screen(
      fixtureResult({ trials: trials.map((trial) => ({ ...trial, target: longName(trial.target) })) }),
    );
    expect(text).toMatch(/web-socket.*…bscribers=1000\)/);
    expect(text).toMatch(/web-socket.*…scribers=10000\)/);
  });

  it('is named: operations before targets and conditions', () => {
    const text = screen(shaped({ targets: 5, operations: 6, conditions: 2 })).replace(/\s+/g, ' ');
    expect(text).toMatch(/Not shown here: operation\d/);
    expect(text).toContain('target-number-4');
    const large = screen(shaped({ targets: 40, operations: 2, conditions: 4 })).replace(/\s+/g, ' ');
    expect(large).toMatch(/\d+ of 40 targets, under slow-network-1, slow-network-2, slow-network-3\./);
  });

  it('is nothing where all fits', () => {
    expect(screen(fixtureResult())).not.toContain('Not shown');
  });

  it('shows no more of a threshold or a warning than tells that there are more', () => {
    const text = screen(shaped({ targets: 1, operations: 1, conditions: 1 }));
    expect(text).toContain('Of 12 thresholds 4 hold:');
    expect(text).toContain('and 6 more that do not.');
    expect(text).toMatch(/and \d more warnings/);
  });
});

describe('doubts on the first screen', () => {
  it('stand in the row, told without colour, and as a number of trials each', () => {
    const text = screen(shaped({ targets: 2, operations: 1, conditions: 1, invalid: true }));
    expect(text).toContain('✕ target-number-0');
    expect(text).toContain('2 invalid: generatorLate in 2, generatorStall in 2');
    expect(screen(fixtureResult())).toContain('▲ grpc');
  });
});

describe('a path of any length', () => {
  it('stays whole, so that it can be copied', () => {
    const directory = `/very/${'long/'.repeat(30)}result`;
    const text = renderFirstScreen(fixtureResult(), { colour: false, width: 80, directory, page: 'report.html' });
    expect(text).toContain(`bench report ${directory} --full\n`);
    expect(text).toContain(`${directory}/report.html\n`);
  });
});

describe('the first screen of any result', () => {
  const draws = seededDraws(16);
  const upTo = (most: number) => 1 + Math.floor(draws.uniform() * most);
  const any = Array.from({ length: 40 }, (): Shape => {
    return {
      ...{ targets: upTo(20), operations: upTo(6), conditions: upTo(4), repeats: upTo(3) },
      invalid: draws.uniform() < 0.2,
    };
  });

  it.each(any)('%o has at most 40 lines of 80 columns, the question first and the way to the rest last', (shape) => {
    const whole = shaped(shape);
    const question = `Is ${'it or not '.repeat(upTo(30))}?`;
    const result = { ...whole, plan: { ...whole.plan, question }, thresholds: whole.thresholds.slice(upTo(12)) };
    const lines = screen(result).split('\n').slice(0, -1);
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines[0]).toMatch(/^Is it or not/);
    expect(lines.at(-1)).toContain('bench report results/x --full; results/x/report.html');
  });
});

it('says first what made trials invalid, however many have doubts beside it', () => {
  const reason = (code: string, status: 'suspect' | 'invalid') => ({ status, code, message: '', remedy: '' });
  const beside = reason('resolution', 'suspect');
  const verdict = (...reasons: ReturnType<typeof reason>[]) => ({ status: 'invalid' as const, reasons });
  const [one, two] = fixtureResult().trials as [TrialResult, TrialResult];
  const trials = [
    { ...one, verdict: verdict(beside, reason('agentLost', 'invalid')) },
    { ...two, verdict: verdict(beside, reason('generatorLate', 'invalid')) },
  ];
  expect(screen(fixtureResult({ trials }))).toContain(
    '2 invalid: agentLost in 1, generatorLate in 1, resolution in 2\n',
  );
});
