/** Who called which version of an interface, when, and who was told that it goes away: as the clients saw it. */
import type { TrialResult, VersionCalls } from '../../result/result-types.ts';
import { measuredTotal } from '../recording/measured-total.ts';
import type { Recorder } from '../recording/recorder.ts';
import { timelineIntervalMs } from '../recording/timeline.ts';
import type { TrialRecords } from './trial-records.ts';

/** How the protocols say that a version is gone. */
const retirements: readonly string[] = ['status 410', 'status UNIMPLEMENTED', 'reply retired'];
/** Over time few enough to read and to keep. */
const mostIntervals = 40;

export function versionsOf(records: TrialRecords, recorder: Recorder): Pick<TrialResult, 'versions'> {
  const { operations, workers } = records;
  const names = [...new Set(operations.map(({ name }) => name))];
  const versions = names.flatMap((name) => versionOf(name, records, recorder) ?? []);
  const isAsked = operations.some(({ version }) => version !== undefined);
  return isAsked || workers.some(({ versions }) => versions !== null) ? { versions } : {};
}

/** null: it has no version, and nobody was told anything. */
function versionOf(name: string, records: TrialRecords, recorder: Recorder): VersionCalls | null {
  const { operations, workers, windows } = records;
  const kinds = operations.filter((operation) => operation.name === name);
  const indexes = kinds.map(({ index }) => index);
  const [version] = kinds.flatMap((kind) => kind.version ?? []);
  const data = workers.flatMap(({ versions }) => versions ?? []);
  const told = data.flatMap(({ told }) => indexes.map((index) => told[index] ?? []));
  const isTold = told.some(({ length }) => length > 0);
  if (version === undefined && !isTold) return null;
  const { counts, reasons } = measuredTotal(recorder, windows, (kind) => indexes.includes(kind));
  const said = (values: readonly (readonly (string | null)[])[]) =>
    values.flatMap((by) => indexes.flatMap((index) => by[index] ?? []))[0] ?? null;
  const reads = isTold || workers.every(({ readsDeprecation }) => readsDeprecation);
  const calls = data.flatMap((one) => indexes.map((index) => one.calls[index] ?? []));
  const course = courseOf(calls, told, records);
  return {
    operation: name,
    ...(version !== undefined && { version }),
    ...{ calls: counts.offered, ok: counts.ok },
    retired: retirements.reduce((sum, reason) => sum + (reasons.get(reason) ?? 0), 0),
    told: reads ? course.reduce((sum, point) => sum + point.told, 0) : null,
    deprecation: said(data.map(({ deprecations }) => deprecations)),
    sunset: said(data.map(({ sunsets }) => sunsets)),
    course: version === undefined ? [] : course,
  };
}

function courseOf(
  calls: readonly (readonly number[])[],
  told: readonly (readonly number[])[],
  { scenario: { load } }: TrialRecords,
): VersionCalls['course'] {
  const intervalMs = timelineIntervalMs(load.warmupMs + load.durationMs);
  const wide = Math.max(1, Math.ceil(load.durationMs / intervalMs / mostIntervals)) * intervalMs;
  const points = new Map<number, { calls: number; told: number }>();
  const add = (counts: readonly number[], key: 'calls' | 'told') => {
    counts.forEach((count, index) => {
      if (count === 0) return;
      const begin = Math.floor((index * intervalMs) / wide) * wide;
      const point = points.get(begin) ?? { calls: 0, told: 0 };
      point[key] += count;
      points.set(begin, point);
    });
  };
  for (const counts of calls) add(counts, 'calls');
  for (const counts of told) add(counts, 'told');
  return [...points].sort(([a], [b]) => a - b).map(([atMs, point]) => ({ atMs, ...point }));
}
