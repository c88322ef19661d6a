/** Who calls which version of an interface, who was told that it goes away, and when they called. */
import type { VersionCalls } from '../../result/result-types.ts';
import { sumOf } from '../../result/version-calls.ts';
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { formatCount, formatDuration, formatKnownCount, formatShare } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** As many as stand beside a name in 80 columns. */
const mostSlices = 6;

/** Empty: no operation has a version, and nobody was told anything. */
export function versionsTables({ contenders }: ConditionGroup): Table[] {
  const told = contenders.filter(({ counted }) => counted.some(({ versions = [] }) => versions.length > 0));
  if (told.length === 0) return [];
  const slices = slicesOf(told);
  const courses = told.flatMap((contender) => courseRows(contender, slices));
  return [
    {
      title: 'versions: who calls which one, and who was told that it is deprecated',
      spans: [],
      columns: [
        nameColumn('target'),
        ...textColumns('operation', 'version'),
        ...figureColumns('calls', 'share', 'ok', 'told', 'retired'),
        ...textColumns('sunset'),
      ],
      rows: told.flatMap(callRows),
    },
    ...(courses.length === 0
      ? []
      : [
          {
            title: 'calls of deprecated versions over time, of all · from',
            spans: [],
            columns: [nameColumn('target'), ...figureColumns(...slices.map(({ atMs }) => formatDuration(atMs)))],
            rows: courses,
          },
        ]),
  ];
}

/** Over all repeats. */
function callRows({ label, status, counted }: Contender): Row[] {
  const all = counted.flatMap(({ versions = [] }) => versions);
  const calls = sumOf(all, (one) => one.calls) ?? 0;
  return operationsOf(all).map((own): Row => {
    const [first] = own;
    const sum = (figureOf: (one: VersionCalls) => number | null) => sumOf(own, figureOf);
    const begun = sum((one) => one.calls) ?? 0;
    const counts = [sum((one) => one.ok), sum((one) => one.told), sum((one) => one.retired)].map(formatKnownCount);
    const [ok = '', told = '', retired = ''] = counts;
    const names = [label, first?.operation ?? '', first?.version === undefined ? '–' : `v${first.version}`];
    const sunset = own.flatMap((one) => one.sunset ?? [])[0];
    const cells = [formatCount(begun), formatShare(begun, calls), ok, told, retired, dayOf(sunset)];
    return { cells: [...names, ...cells], status };
  });
}

function operationsOf(all: readonly VersionCalls[]): readonly (readonly VersionCalls[])[] {
  return [...Map.groupBy(all, ({ operation }) => operation).values()];
}

const longestSunset = 16;

/** A date of HTTP as a day, UTC; what is none as it begins. */
function dayOf(sunset: string | undefined): string {
  if (sunset === undefined) return '–';
  const time = Date.parse(sunset);
  if (!Number.isNaN(time)) return new Date(time).toISOString().slice(0, 10);
  return sunset.length > longestSunset ? `${sunset.slice(0, longestSunset - 1)}…` : sunset;
}

interface Slice {
  readonly atMs: number;
  readonly endMs: number;
}

/** Equal parts of the time that the courses of all of them take. */
function slicesOf(contenders: readonly Contender[]): readonly Slice[] {
  const times = contenders
    .flatMap(({ counted }) => counted.flatMap(({ versions = [] }) => versions.flatMap(({ course }) => course)))
    .map(({ atMs }) => atMs);
  const distinct = [...new Set(times)].sort((a, b) => a - b);
  const each = Math.ceil(distinct.length / mostSlices);
  const begins = distinct.filter((_, index) => index % each === 0);
  return begins.map((atMs, n) => ({ atMs, endMs: begins[n + 1] ?? Number.POSITIVE_INFINITY }));
}

/** The share in each slice; none where nothing was deprecated. */
function courseRows({ label, status, counted }: Contender, slices: readonly Slice[]): Row[] {
  const all = counted.flatMap(({ versions = [] }) => versions);
  const deprecated = all.filter(({ deprecation }) => deprecation !== null);
  if (deprecated.every(({ course }) => course.length === 0)) return [];
  const cells = slices.map((slice) => formatShare(callsIn(deprecated, slice), callsIn(all, slice)));
  return [{ cells: [label, ...cells], status }];
}

function callsIn(versions: readonly VersionCalls[], { atMs, endMs }: Slice): number {
  return versions
    .flatMap(({ course }) => course)
    .filter((point) => point.atMs >= atMs && point.atMs < endMs)
    .reduce((sum, { calls }) => sum + calls, 0);
}
