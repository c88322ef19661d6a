/** Checks of the fault timelines against the load and the targets. */
import { closestName } from '../../result/closest-name.ts';
import { isPhase } from '../../result/result-types.ts';
import { unsuitedSettings } from '../faults/registry.ts';
import { everyLink, hasServiceLink, lackOf, linkNames, partNames } from '../places.ts';
import { brokerFacts, brokerOf } from '../protocols/registry.ts';
import { type CheckContext, type FileTarget, type FileWindow, suggestionFor } from './check-context.ts';
import { loadTimeMs } from './fields.ts';
import type { Path } from './problem.ts';
import { atOnce, slackMs, windowStartsMs } from './resolve-windows.ts';
import { clusteredBrokers, clustersOf, membersOf } from './stack-schema.ts';

export function checkConditions(context: CheckContext): void {
  const { file, report } = context;
  const targets = Object.entries(file.targets ?? {});
  checkTrialNames(context);
  for (const [name, windows] of Object.entries(file.conditions ?? {})) {
    const path = ['conditions', name];
    if (isPhase(name)) {
      report({ path, message: 'is the name of a phase; thresholds could not tell them apart', atKey: true });
    } else if (name === 'in' || name === 'and') report({ path, message: 'is a word of the thresholds', atKey: true });
    const places = windows.map((_, index): Path => [...path, context.originalIndex(path, index)]);
    windows.forEach((window, index) => {
      checkWindow(context, window, places[index] ?? path);
      checkPlace(context, window, places[index] ?? path, targets);
    });
    checkSomebodyPlays(context, windows, path, targets);
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
  if (durationMs !== null && 'ramp' in window && window.ramp !== undefined) {
    const isLonger = loadTimeMs(window.ramp, durationMs) > loadTimeMs(window.for, durationMs) + slackMs;
    if (isLonger) report({ path: [...path, 'ramp'], message: 'takes longer than the fault itself' });
  }
  if (hasMoment(window)) {
    for (const key of ['within', 'every'] as const) {
      if (window[key] !== undefined) report({ path: [...path, key], message: 'does not go with when' });
    }
  }
  if (window.every !== undefined && window.within !== undefined) {
    report({ path: [...path, 'within'], message: 'is for a fault that comes once, without every' });
  }
  if (durationMs !== null && window.every !== undefined) {
    const everyMs = loadTimeMs(window.every, durationMs);
    if (everyMs <= loadTimeMs(window.for, durationMs) + slackMs)
      report({
        path: [...path, 'every'],
        message: 'must be longer than `for`: each window ends before the next begins',
      });
  }
  for (const { key, message } of unsuitedSettings(window)) report({ path: [...path, key], message });
}

function tooLate(
  { at = atOnce, for: length, within }: FileWindow,
  durationMs: number | null,
): { key: string; message: string } | null {
  if (within === undefined && 'share' in at && 'share' in length) {
    const share = at.share + length.share;
    const message = `the fault ends at ${rounded(share * 100)}% of the load`;
    return share > 1 + slackMs ? { key: 'for', message } : null;
  }
  if (durationMs === null) return null;
  const withinMs = within === undefined ? 0 : loadTimeMs(within, durationMs);
  const atMs = loadTimeMs(at, durationMs);
  const endMs = atMs + withinMs + loadTimeMs(length, durationMs);
  if (endMs <= durationMs + slackMs) return null;
  const key = atMs >= durationMs ? 'at' : 'for';
  const latest = withinMs > 0 ? ' at the latest' : '';
  const place = key === 'at' ? `begins at ${rounded(atMs)}ms` : `ends at ${rounded(endMs)}ms${latest}`;
  return { key, message: `the fault ${place}, but the load takes ${durationMs}ms` };
}

function rounded(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}

/** Some target must have what the window acts on; those that have it not sit the condition out. */
function checkPlace(
  context: CheckContext,
  window: FileWindow,
  path: Path,
  targets: readonly [string, FileTarget][],
): void {
  if (!('link' in window)) checkBrokerChoice(context, window, path, targets);
  if (
    targets.length === 0 ||
    targets.some(([, target]) => lackOf(target, window, clusteredBrokers(context.file.stack)) === null)
  )
    return;
  if (isUnknownPlace(context, window, path, targets)) return;
  if ('link' in window) checkLinkFault(context, window, path, targets);
  else checkPartFault(context, window, path, targets);
}

/** A name that could be nowhere: misspelt. */
function isUnknownPlace(
  { report }: CheckContext,
  window: FileWindow,
  path: Path,
  targets: readonly [string, FileTarget][],
): boolean {
  const namesOfAll = (of: (target: FileTarget) => string[]) => targets.flatMap(([, target]) => of(target));
  const complain = (key: string, name: string, known: readonly string[]) => {
    if (known.includes(name)) return false;
    const message = `no target has a ${key} ${name}`;
    report({ path: [...path, key], message, suggestion: suggestionFor(closestName(name, known), known) });
    return true;
  };
  if ('link' in window) {
    return complain('link', window.link, [...new Set(['client', 'service', everyLink, ...namesOfAll(linkNames)])]);
  }
  if (!('part' in window) || window.part === undefined) return false;
  return complain('part', window.part, [...new Set(['service', 'broker', 'toxiproxy', ...namesOfAll(partNames)])]);
}

/** Each fault has a target to act on, but no target has the places of all of them. */
function checkSomebodyPlays(
  { file, report }: CheckContext,
  windows: readonly FileWindow[],
  path: Path,
  targets: readonly [string, FileTarget][],
): void {
  const brokers = clusteredBrokers(file.stack);
  const plays = (window: FileWindow) => targets.filter(([, target]) => lackOf(target, window, brokers) === null);
  if (targets.length === 0 || windows.some((window) => plays(window).length === 0)) return;
  if (targets.some((target) => windows.every((window) => plays(window).includes(target)))) return;
  report({ path, message: 'every target lacks something that one of its faults acts on', atKey: true });
}

/** An operation decides when it begins. */
function hasMoment(window: FileWindow): boolean {
  return 'when' in window && window.when !== undefined;
}

const namesOf = (targets: readonly [string, FileTarget][]) => targets.map(([name]) => name).join(', ');

function checkLinkFault(
  { report }: CheckContext,
  window: Extract<FileWindow, { link: unknown }>,
  path: Path,
  targets: readonly [string, FileTarget][],
): void {
  const direct = targets.filter(([, { via }]) => via === 'direct');
  if (direct.length > 0) {
    const message = `cannot act on ${namesOf(direct)}: with via: direct there is no proxy in between`;
    report({ path: [...path, 'fault'], message });
  }
  const without = targets.filter(([, target]) => !hasServiceLink(target));
  if (window.link === 'service' && without.length > 0) {
    const message = `${namesOf(without)} has no service link: only our services of queue and stream have a connection to a broker of their own`;
    report({ path: [...path, 'link'], message, suggestion: 'link: both acts on those links that a target has' });
  }
}

/** Only what this run starts can be stopped by it: our services and brokers, and the proxy. */
function checkPartFault(
  context: CheckContext,
  window: Exclude<FileWindow, { link: unknown }>,
  path: Path,
  targets: readonly [string, FileTarget][],
): void {
  const { report } = context;
  const said = 'part' in window ? window.part : undefined;
  const part = said ?? 'service';
  const key = said === undefined ? 'fault' : 'part';
  if (part === 'toxiproxy') {
    const direct = targets.filter(([, { via }]) => via === 'direct');
    if (direct.length > 0)
      report({ path: [...path, key], message: `there is no Toxiproxy in front of ${namesOf(direct)} (via: direct)` });
    return;
  }
  const brokerless =
    part === 'broker'
      ? targets.filter(([, target]) => !partNames(target).includes('broker') && target.address === undefined)
      : [];
  if (brokerless.length > 0) {
    report({ path: [...path, key], message: `${namesOf(brokerless)} has no broker` });
    return;
  }
  const own = targets.filter(([, { address }]) => address !== undefined);
  if (own.length > 0) {
    const message = `cannot act on ${namesOf(own)}: its ${part} is the user's own, and is never touched`;
    report({ path: [...path, key], message });
  } else if (window.fault === 'pause-consumers') {
    report({
      path: [...path, key],
      message: `${namesOf(targets)} has no consumers of ours: nothing waits in a broker`,
    });
  } else if (window.fault === 'leave' || window.fault === 'join') {
    report({ path: [...path, key], message: `${namesOf(targets)} has no consumer group of several instances` });
  } else if ('when' in window && window.when?.before === 'ack') {
    report({ path: [...path, 'when'], message: `${namesOf(targets)} has no broker to acknowledge to` });
  }
}

/** With several brokers it has to be said which is meant, and only there. */
function checkBrokerChoice(
  { file, report }: CheckContext,
  window: Exclude<FileWindow, { link: unknown }>,
  path: Path,
  targets: readonly [string, FileTarget][],
): void {
  if (
    !('broker' in window || 'part' in window) ||
    window.fault === 'slow-service' ||
    window.fault === 'failing-service' ||
    window.fault === 'retire' ||
    window.fault === 'pause-consumers' ||
    window.fault === 'leave' ||
    window.fault === 'join'
  )
    return;
  const clusters = clustersOf(file.stack);
  const behind = clusters.filter((broker) => targets.some(([, target]) => brokerOf(target) === broker));
  const [first] = behind;
  if (window.broker === undefined) {
    if (window.part !== 'broker' || first === undefined) return;
    report({
      path: [...path, 'part'],
      message: `there are ${membersOf(file.stack, first)} ${brokerFacts[first].title} brokers: say which`,
      suggestion: 'broker: leader',
    });
    return;
  }
  const key = [...path, 'broker'];
  if (window.part !== 'broker') report({ path: key, message: `means nothing for part: ${window.part}`, atKey: true });
  else if (clusters.length === 0) {
    const [broker = 'kafka'] = targets.flatMap(([, target]) => brokerOf(target) ?? []);
    const message = `is for three brokers (stack: { ${broker}: { brokers: 3 } }); there is one`;
    report({ path: key, message, atKey: true });
  } else if (first === undefined) {
    const message = `${namesOf(targets)} has no leader: only targets on ${clusters.join(', ')} have`;
    report({ path: key, message, atKey: true });
  }
}

/** Two windows of one kind on one link or part: the end of the first would end the second. */
function checkOverlaps(
  { report }: CheckContext,
  windows: readonly FileWindow[],
  places: readonly Path[],
  durationMs: number,
): void {
  windows.forEach((window, index) => {
    const other = windows
      .slice(0, index)
      .findIndex((earlier) => isSamePlace(earlier, window) && doOverlap(earlier, window, durationMs));
    if (other !== -1) {
      const place = 'link' in window ? 'link' : 'part';
      const message = `overlaps with the ${windows[other]?.fault} fault before it (number ${other + 1}) on the same ${place}`;
      report({ path: [...(places[index] ?? []), 'at'], message });
    }
  });
}

function isSamePlace(a: FileWindow, b: FileWindow): boolean {
  if ('link' in a && 'link' in b)
    return a.fault === b.fault && (a.link === 'both' || b.link === 'both' || a.link === b.link);
  // Pausing what is being killed, or the other way round, would end neither properly.
  if ('part' in a && 'part' in b) return a.part === b.part;
  return a.fault === b.fault;
}

function doOverlap(a: FileWindow, b: FileWindow, durationMs: number): boolean {
  if (hasMoment(a) || hasMoment(b)) return true;
  const [aForMs, bForMs] = [a, b].map(
    ({ for: length, within }) =>
      loadTimeMs(length, durationMs) + (within === undefined ? 0 : loadTimeMs(within, durationMs)),
  ) as [number, number];
  const bStarts = windowStartsMs(b, durationMs);
  return windowStartsMs(a, durationMs).some((aMs) =>
    bStarts.some((bMs) => bMs < aMs + aForMs - slackMs && aMs < bMs + bForMs - slackMs),
  );
}
