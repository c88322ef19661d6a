/** Checks of the fault timelines against the load and the targets. */
import { phaseNames } from '../../result/result-types.ts';
import type { CheckContext, FileTarget, FileWindow } from './check-context.ts';
import type { LoadTime } from './fields.ts';
import type { Path } from './problem.ts';

/** Milliseconds after the end of warm-up. */
export function loadTimeMs(time: LoadTime, durationMs: number): number {
  return 'ms' in time ? time.ms : time.share * durationMs;
}

export function checkConditions(context: CheckContext): void {
  const { file, report } = context;
  const targets = Object.entries(file.targets ?? {});
  checkTrialNames(context);
  for (const [name, windows] of Object.entries(file.conditions ?? {})) {
    const path = ['conditions', name];
    if ((phaseNames as readonly string[]).includes(name)) {
      report({ path, message: 'is the name of a phase; thresholds could not tell them apart', atKey: true });
    } else if (name === 'in' || name === 'and') report({ path, message: 'is a word of the thresholds', atKey: true });
    const places = windows.map((_, index): Path => [...path, context.originalIndex(path, index)]);
    windows.forEach((window, index) => {
      checkWindow(context, window, places[index] ?? path);
      checkLinks(context, window, places[index] ?? path, targets);
    });
    if (context.durationMs !== null) checkOverlaps(context, windows, places, context.durationMs);
  }
}

/** Trials are named `<target>-<condition>-<repeat>`, also in file names. */
function checkTrialNames({ file, report }: CheckContext): void {
  const seen = new Map<string, string>();
  for (const target of Object.keys(file.targets ?? {})) {
    for (const condition of Object.keys(file.conditions ?? {})) {
      const id = `${target}-${condition}`;
      const other = seen.get(id);
      const message = `its trials with target ${target} would be named like those of ${other}; rename one of them`;
      if (other !== undefined) report({ path: ['conditions', condition], message, atKey: true });
      seen.set(id, `target ${target} in ${condition}`);
    }
  }
}

function checkWindow({ durationMs, report }: CheckContext, window: FileWindow, path: Path): void {
  const late = tooLate(window, durationMs);
  if (late !== null) report({ path: [...path, late.key], message: late.message });
  if (('ms' in window.for ? window.for.ms : window.for.share) === 0)
    report({ path: [...path, 'for'], message: 'must be more than nothing' });
  if (window.fault !== 'latency') return;
  for (const key of ['latency', 'jitter'] as const) {
    if (!Number.isInteger(window[key]))
      report({ path: [...path, key], message: 'Toxiproxy counts in whole milliseconds' });
  }
  if (window.jitter > window.latency)
    report({ path: [...path, 'jitter'], message: 'is larger than the latency itself' });
}

/** Shares such as 33.3% + 66.7% may add up to a hair more than all. */
const slack = 1e-6;

function tooLate({ at, for: length }: FileWindow, durationMs: number | null): { key: string; message: string } | null {
  if ('share' in at && 'share' in length) {
    const share = at.share + length.share;
    const message = `the fault ends at ${rounded(share * 100)}% of the load`;
    return share > 1 + slack ? { key: 'for', message } : null;
  }
  if (durationMs === null) return null;
  const atMs = loadTimeMs(at, durationMs);
  const endMs = atMs + loadTimeMs(length, durationMs);
  if (endMs <= durationMs + slack) return null;
  const key = atMs >= durationMs ? 'at' : 'for';
  const place = key === 'at' ? `begins at ${rounded(atMs)}ms` : `ends at ${rounded(endMs)}ms`;
  return { key, message: `the fault ${place}, but the load takes ${durationMs}ms` };
}

function rounded(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}

/** Our queue and stream services talk to their broker over a link of their own; others answer on the client's. */
export function hasServiceLink(target: FileTarget): boolean {
  return target.address === undefined && (target.protocol === 'queue' || target.protocol === 'stream');
}

function checkLinks(
  { report }: CheckContext,
  window: FileWindow,
  path: Path,
  targets: readonly [string, FileTarget][],
): void {
  const names = (those: readonly [string, FileTarget][]) => those.map(([name]) => name).join(', ');
  const direct = targets.filter(([, { via }]) => via === 'direct');
  if (direct.length > 0) {
    const message = `cannot act on ${names(direct)}: with via: direct there is no proxy in between`;
    report({ path: [...path, 'fault'], message });
  }
  const without = targets.filter(([, target]) => !hasServiceLink(target));
  if (window.link === 'service' && without.length > 0) {
    const message = `${names(without)} has no service link: only our services of queue and stream have a connection to a broker of their own`;
    report({ path: [...path, 'link'], message, suggestion: 'link: both acts on those links that a target has' });
  }
}

/** Two windows of one kind on one link: the end of the first would end the second. */
function checkOverlaps(
  { report }: CheckContext,
  windows: readonly FileWindow[],
  places: readonly Path[],
  durationMs: number,
): void {
  windows.forEach((window, index) => {
    const atMs = loadTimeMs(window.at, durationMs);
    const endMs = atMs + loadTimeMs(window.for, durationMs);
    const other = windows.slice(0, index).findIndex((earlier) => {
      const earlierAtMs = loadTimeMs(earlier.at, durationMs);
      const earlierEndMs = earlierAtMs + loadTimeMs(earlier.for, durationMs);
      const sameLink = earlier.link === 'both' || window.link === 'both' || earlier.link === window.link;
      const overlaps = atMs < earlierEndMs - slack && earlierAtMs < endMs - slack;
      return earlier.fault === window.fault && sameLink && overlaps;
    });
    if (other !== -1) {
      const message = `overlaps with the ${window.fault} fault before it (number ${other + 1}) on the same link`;
      report({ path: [...(places[index] ?? []), 'at'], message });
    }
  });
}
