import { describe, expect, it } from 'vitest';
import type { PrimaryMetric, RunResult, TrialResult } from '../../result/result-types.ts';
import { conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { serviceShareTable } from '../tables/service-share-table.ts';
import { comparableKinds, serviceShareSentence } from './service-share-sentence.ts';

const whole = fixtureResult();
const primary: PrimaryMetric = { operation: 'getOrder', metric: 'p50', condition: 'calm', phase: 'steady' };
const figure = (label: string) => ({ label, values: [], resolutionUs: null, withinUs: null });
const labelsOf = (kinds: readonly (readonly { readonly label: string }[])[]) =>
  kinds.map((all) => all.map(({ label }) => label));

/** In calm each target in `inServiceUs` answers after 1 ms, of which its service takes so long; CPU is `cpuUs`. */
function resultOf(inServiceUs: Readonly<Record<string, number>>, cpuUs: number | null = 10): RunResult {
  const trials = whole.trials.flatMap((trial): TrialResult[] => {
    const { steady } = trial.phases;
    const own = steady?.operations.getOrder;
    const p50 = inServiceUs[trial.target];
    if (trial.condition !== 'calm' || steady === undefined || own === undefined || p50 === undefined) return [];
    const latencyUs = { ...own.latencyUs, offered: { count: 900, p50: 1_000 } };
    const getOrder = { ...own, latencyUs, inServiceUs: { count: 900, p50 } };
    const cpu = { ...trial.cpu, serviceUsPerOperation: cpuUs };
    return [{ ...trial, cpu, phases: { steady: { ...steady, operations: { getOrder } } } } as TrialResult];
  });
  return fixtureResult({ trials });
}

describe('comparableKinds', () => {
  it('compares protocols where no service takes half of the time', () => {
    const kinds = [[figure('rest'), figure('grpc')]];
    expect(comparableKinds(resultOf({ rest: 499, grpc: 20 }), primary, kinds)).toEqual({ kinds, sentence: null });
  });

  it('leaves whose service takes half out of the comparison with others, and says so', () => {
    const kinds = [[figure('rest'), figure('grpc'), figure('websocket')]];
    const { kinds: left, sentence } = comparableKinds(resultOf({ rest: 500, grpc: 20, websocket: 20 }), primary, kinds);
    expect(labelsOf(left)).toEqual([['grpc', 'websocket'], ['rest'], ['grpc'], ['websocket']]);
    expect(sentence).toBe(
      'Not held against other protocols, since the p50 is mostly the service’s own time: rest 50 %.',
    );
  });

  it('takes CPU for the service’s time where that is more than its evidence says', () => {
    const kinds = [[figure('rest'), figure('grpc')]];
    const { sentence } = comparableKinds(resultOf({ rest: 20, grpc: 20 }, 620), primary, kinds);
    expect(sentence).toMatch(/rest 62 %, grpc 62 %/);
    expect(comparableKinds(resultOf({ rest: 20, grpc: 20 }, null), primary, kinds).sentence).toBeNull();
  });

  it('goes on comparing targets of one protocol', () => {
    const kinds = [[figure('rest'), figure('rest')]];
    expect(comparableKinds(resultOf({ rest: 900 }), primary, kinds)).toEqual({ kinds, sentence: null });
  });
});

describe('serviceShareSentence', () => {
  const figures = [figure('rest'), figure('grpc')];
  const told = resultOf({ rest: 20, grpc: 700 }, 120);
  const trials = told.trials.map((trial) => ({ ...trial, semantics: { ...trial.semantics, service: 'net/http' } }));

  it('tells the share of each where targets say what their service is written in, and nothing elsewhere', () => {
    const sentence = 'Of the p50 the service itself takes at least: rest 12 %, grpc 70 %.';
    expect(serviceShareSentence({ ...told, trials }, primary, figures)).toBe(sentence);
    expect(serviceShareSentence(told, primary, figures)).toBeNull();
  });
});

describe('serviceShareTable', () => {
  it('has a row for each target and operation whose answer waits for the work', () => {
    const [calm] = conditionGroups(resultOf({ rest: 20, grpc: 700 }, 120));
    const rows = calm && serviceShareTable(calm)?.rows.map(({ cells }) => cells);
    expect(rows).toEqual([
      ['rest', 'getOrder', 'Node', '1.00 ms', '20 µs', '120 µs', '12 %'],
      ['grpc', 'getOrder', 'Node', '1.00 ms', '700 µs', '120 µs', '70 %'],
    ]);
  });

  it('is none where nobody put on record how long a service took', () => {
    const [calm] = conditionGroups(whole);
    expect(calm && serviceShareTable(calm)).toBeNull();
  });
});
