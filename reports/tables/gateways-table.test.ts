import { describe, expect, it } from 'vitest';
import type { TrialResult } from '../../result/result-types.ts';
import { gatewaySentences } from '../answer/gateway-sentences.ts';
import { type ConditionGroup, type Contender, conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { gatewaysTable } from './gateways-table.ts';

const [fixture] = conditionGroups(fixtureResult());
const [example] = fixture?.contenders.flatMap(({ counted }) => counted) ?? [];
const phase = fixture?.phases[0];
if (fixture === undefined || example === undefined || phase === undefined) throw new Error('no trial');
const [operation = ''] = Object.keys(example.phases[phase]?.operations ?? {});

function trial(repeat: number, p50: number, more: Partial<TrialResult> = {}): TrialResult {
  const part = example?.phases[phase as 'steady'];
  const own = part?.operations[operation];
  if (example === undefined || part === undefined || own === undefined) throw new Error('no phase');
  const latencyUs = { ...own.latencyUs, offered: { count: 1_000, p50, p99: null } };
  return {
    ...{ ...example, repeat, ...more, verdict: { ...example.verdict, figures: undefined } },
    semantics: { ...more.semantics },
    phases: { [phase as 'steady']: { ...part, operations: { [operation]: { ...own, latencyUs } } } },
  } as TrialResult;
}

const contender = (label: string, trials: readonly TrialResult[]): Contender => {
  return { label, target: label, trials, counted: trials, status: 'valid' };
};

const tableOf = (...given: Parameters<typeof groupOf>) => gatewaysTable(groupOf(...given));

function groupOf(direct: readonly number[], behind: readonly number[], more: Partial<TrialResult> = {}) {
  const gateway = { semantics: { gateway: 'nginx, round-robin' }, ...more };
  const contenders = [
    contender(
      'direct',
      direct.map((us, n) => trial(n + 1, us)),
    ),
    contender(
      'nginx',
      behind.map((us, n) => trial(n + 1, us, gateway)),
    ),
  ];
  return { ...(fixture as ConditionGroup), phases: [phase as 'steady'], contenders };
}

describe('gatewaysTable', () => {
  it('tells what a gateway adds, repeat by repeat, with its interval', () => {
    const table = tableOf([1_000, 2_000, 3_000], [1_400, 2_410, 3_390]);
    const [row] = table?.rows ?? [];
    expect(row?.cells.slice(0, 2)).toEqual(['nginx', 'nginx, round-robin']);
    expect(row?.cells[2]).toMatch(/^\+400 µs \(\+3\d\d µs to \+4\d\d µs\)$/);
  });

  it('tells nothing where the repeats do not agree, or are too few', () => {
    expect(tableOf([1_000, 2_000, 3_000], [900, 2_500, 2_900])?.rows[0]?.cells[2]).toMatch(/^not told \(−.* to \+/);
    expect(tableOf([1_000, 1_000], [1_400, 1_400])?.rows[0]?.cells[2]).toBe('not told: too few pairs');
  });

  it('says how evenly instances were asked, and how often again', () => {
    const { attempts } = example.phases[phase]?.counts ?? { attempts: 0 };
    const more = {
      cpu: { ...example.cpu, parts: { gateway: 71.6 } },
      receivedBy: { service: 30, 'service-2': 10 },
      askedBy: { service: attempts, 'service-2': attempts / 2 },
    };
    expect(tableOf([1], [2], more)?.rows[0]?.cells.slice(4)).toEqual(['72', '1.50', expect.any(String), '1.50×']);
    const killed = { ...more, askedBy: { service: attempts, 'service-2': null } };
    expect(tableOf([1], [2], killed)?.rows[0]?.cells.at(-1)).toBe('–');
  });

  it('is said in a sentence, too, with who was sent everything', () => {
    const told = groupOf([1_000, 2_000, 3_000], [1_400, 2_410, 3_390], { receivedBy: { service: 9, 'service-2': 0 } });
    expect(gatewaySentences(told)).toEqual([
      expect.stringMatching(/^Gateways beside direct, p50 of .* repeat by repeat: nginx \+400 µs \(/),
      'One instance of several was sent everything: nginx.',
    ]);
    const untold = groupOf([1_000, 2_000, 3_000], [900, 2_500, 2_900], { receivedBy: { service: 9, 'service-2': 1 } });
    expect(gatewaySentences(untold)).toEqual([expect.stringContaining('repeat by repeat: not told: nginx.')]);
  });

  it('is none without a gateway', () => {
    expect(gatewaysTable(fixture)).toBeNull();
  });
});
