import { expect, it } from 'vitest';
import { z } from 'zod';
import type { TrialResult } from '../../result/result-types.ts';
import { trialSchema } from '../../result/schema/trial-schema.ts';
import { fixtureResult, fixtureTrial } from '../fixtures/fixture-result.ts';
import { renderCsv } from './csv.ts';

/** A value of the shape in which every number is another one; lists and records by the user’s names are empty. */
function filled(schema: unknown, next: () => number): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return filled(schema.unwrap(), next);
  if (schema instanceof z.ZodNumber) return next();
  if (schema instanceof z.ZodArray) return [];
  if (!(schema instanceof z.ZodObject)) return undefined;
  return Object.fromEntries(Object.entries(schema.shape).map(([name, part]) => [name, filled(part, next)]));
}

/** Every number in it, with the names that lead there. */
function numbersIn(value: unknown, path: string): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => numbersIn(part, `${path}.${name}`));
}

function rowOf(trial: TrialResult): Map<string, string> {
  const [head = '', row = ''] = renderCsv({ ...fixtureResult(), trials: [trial] }).split('\r\n');
  // Texts of the fixture have no commas.
  const cells = row.split(',');
  return new Map(head.split(',').map((name, n) => [name, cells[n] ?? '']));
}

it('has a column for every number of a trial as a whole', () => {
  let last = 1_000_000;
  const plain = fixtureTrial('rest', 'calm');
  const { phases, blocks, histograms, repeat, ...shape } = trialSchema.shape;
  const all = filled(z.object(shape), () => ++last) as Partial<TrialResult>;
  const texts = Object.entries(plain).filter(([, value]) => typeof value === 'string');
  const { variant, semantics } = plain;
  const trial = {
    ...{ ...plain, ...all, ...Object.fromEntries(texts), variant, semantics },
    verdict: { ...plain.verdict, figures: all.verdict?.figures },
    backlog: { ...all.backlog, points: [] },
  } as TrialResult;
  const row = rowOf(trial);
  const cells = [...row.values()];
  const numbers = numbersIn(all, '');
  expect(numbers.length).toBeGreaterThan(200);
  const missing = numbers.filter(([, value]) => !cells.includes(String(value)));
  expect(missing.map(([path]) => path)).toEqual(['.backlog.highest.atMs']);
});

it('is empty, not 0, under what a trial did not measure', () => {
  const row = rowOf(fixtureTrial('rest', 'calm'));
  const names = [
    ...['deliveries_missed', 'group_moves', 'outputs_twice', 'rebuilds_ready_after_us', 'rebuilds_reads_refused'],
    ...['versions_deprecated_share', 'cache_hit_ratio', 'cache_revalidated_count', 'cache_stale_illegal'],
  ];
  expect(names.map((name) => row.get(name))).toEqual(names.map(() => ''));
});

it('has the worst of several rebuilds and the share of all calls that are deprecated', () => {
  const summary = { count: 0 };
  const rebuild = {
    ...{ readyAfterUs: 2_000_000, readUs: 1_500_000, caughtUpUs: 5_000, read: 300, readPerSecond: 200 },
    ...{ isCompacted: false, events: 300, snapshotOf: null, refusedReads: 4, refusedChanges: 0, live: summary },
    ...{ digest: 'a', expected: null, undecided: 0, isSame: null, failure: null },
  };
  const calls = { operation: 'old', version: 1, calls: 30, ok: 30, retired: 2, told: 30, sunset: null, course: [] };
  const row = rowOf({
    ...fixtureTrial('rest', 'calm'),
    rebuilds: [rebuild, { ...rebuild, readyAfterUs: 3_000_000, readPerSecond: 100 }],
    versions: [
      { ...calls, deprecation: '@1688169599' },
      { ...calls, version: 2, calls: 70, retired: 0, told: 0, deprecation: null },
    ],
  });
  expect(Object.fromEntries([...row].filter(([name]) => /^(rebuilds|versions)_/.test(name)))).toEqual({
    rebuilds_replayed_per_second: '100',
    rebuilds_ready_after_us: '3000000',
    rebuilds_caught_up_after_us: '5000',
    rebuilds_live_p99_us: '',
    rebuilds_reads_refused: '8',
    rebuilds_states_differ: '',
    versions_deprecated_share: '0.3',
    versions_told_deprecated: '30',
    versions_retired_calls: '2',
  });
});
