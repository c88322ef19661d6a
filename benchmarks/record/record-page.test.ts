import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordPage } from './record-page.ts';
import { isPlayed, playedWith, type ScenarioRecord, withRecord } from './scenario-record.ts';
import { shortArguments } from './short-overrides.ts';

const record = (name: string, more: Partial<ScenarioRecord> = {}): ScenarioRecord => ({
  ...{ name, playedAt: '2026-01-02T03:04Z', isShort: false, digest: 'd1', exitCode: 0, seconds: 59.6 },
  ...{ verdicts: { valid: 2, suspect: 1, invalid: 0 }, answer: 'rest | grpc.', machine: '2 cores' },
  ...{ versions: { wirebench: '0.2.0' }, ...more },
});

describe('the page', () => {
  it('has a row for each scenario, those without a result too, and names those never played', () => {
    const failed = { exitCode: 3, seconds: 4, verdicts: null, answer: 'Kafka is not installed', isShort: true };
    const page = recordPage([record('a'), record('b', failed)], ['a', 'b', 'c']);
    expect(page).toContain('| `a` | 0 | 1 min 0 s | 2 / 1 / 0 | 2026-01-02 | 1 | rest \\| grpc. |');
    expect(page).toContain('| `b` | 3 | 4 s | – | 2026-01-02, short | 1 | Kafka is not installed |');
    expect(page).toContain('Not played yet: `c`.');
  });

  it('tells versions once for all that fit, and again where one is another', () => {
    const kafka = (version: string) => ({ wirebench: '0.2.0', kafka: version });
    const all = [record('a'), record('b', { versions: kafka('4.2') }), record('c', { versions: kafka('4.3') })];
    expect(playedWith(all).map(({ names, versions }) => [names, versions.kafka])).toEqual([
      [['a', 'b'], '4.2'],
      [['c'], '4.3'],
    ]);
  });
});

describe('records', () => {
  it('take the place of the same scenario’s alone, and go with a scenario that is shipped no more', () => {
    const all = [record('a'), record('gone'), record('z')];
    const after = withRecord(all, record('m', { exitCode: 5 }), ['a', 'm', 'z']);
    expect(after.map(({ name }) => name)).toEqual(['a', 'm', 'z']);
    expect(withRecord(after, record('a', { exitCode: 4 }), ['a', 'm', 'z']).map(({ exitCode }) => exitCode)).toEqual([
      4, 5, 0,
    ]);
  });

  it('count as played for the file as it is, and short ones for short alone', () => {
    const all = [record('a', { isShort: true }), record('b')];
    expect(isPlayed(all, 'a', { digest: 'd1', isShort: true })).toBe(true);
    expect(isPlayed(all, 'a', { digest: 'd1', isShort: false })).toBe(false);
    expect(isPlayed(all, 'b', { digest: 'd1', isShort: true })).toBe(true);
    expect(isPlayed(all, 'b', { digest: 'd2', isShort: true })).toBe(false);
    expect(isPlayed(all, 'c', { digest: 'd1', isShort: true })).toBe(false);
  });
});

describe('in small', () => {
  const argumentsOf = (name: string) => shortArguments(join(import.meta.dirname, '../../scenarios', `${name}.yaml`));

  it('a scenario has two seconds of load, or all where its faults are at fixed times', () => {
    expect(argumentsOf('crud')).toEqual(['--duration', '2s', '--set', 'load.warmup=500ms', '--repeats', '1']);
    expect(argumentsOf('stateless')).not.toContain('--duration');
  });

  it('a search for the highest rate is coarser', () => {
    expect(argumentsOf('capacity').join(' ')).toContain('--set load.search.precision=25%');
  });
});
