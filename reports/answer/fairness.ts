/** What stands beside the numbers: settings of each target, limits of engines, reasons for doubt, faults as they were. */

import type { FaultResult, RunResult, TrialResult, Verdict } from '../../result/result-types.ts';
import { settingsText } from '../../result/settings-text.ts';
import { formatDuration, formatUs } from '../text/format-values.ts';
import { nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/**
 * A row a setting, a column a target: read across to see what differs. `?`: nobody knows; `–`: it is no setting of this
 * target's. A swept setting has the value of each variant.
 */
export function settingsTable({ trials }: RunResult): Table {
  const targets = [...new Set(trials.map(({ target }) => target))];
  const names = [...new Set(trials.flatMap(({ semantics }) => Object.keys(semantics)))];
  return {
    title: 'settings',
    spans: [],
    columns: [nameColumn(''), ...textColumns(...targets)],
    rows: names.map((name) => ({
      cells: [words(name), ...targets.map((target) => settingCell(trials, target, name))],
      status: 'valid',
    })),
  };
}

function settingCell(trials: readonly TrialResult[], target: string, name: string): string {
  const byVariant = new Map<string, string>();
  for (const trial of trials) {
    if (trial.target === target) byVariant.set(settingsText(trial.variant), settingText(trial.semantics[name]));
  }
  const texts = new Map<string, string[]>();
  for (const [variant, text] of byVariant) texts.set(text, [...(texts.get(text) ?? []), variant]);
  if (texts.size === 1) return [...texts.keys()].join('');
  return [...texts].map(([text, variants]) => `${text} (${variants.join('; ')})`).join(' · ');
}

function settingText(value: string | number | boolean | null | undefined): string {
  if (value === undefined) return '–';
  return value === null ? '?' : value === true ? 'yes' : value === false ? 'no' : String(value);
}

/** `lingerMs` → `linger ms`. */
function words(name: string): string {
  return name.replace(/(?<=[a-z\d])([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

export interface Doubt {
  readonly status: Exclude<Verdict['status'], 'valid'>;
  /** Trials it concerns; empty for the run as a whole. */
  readonly trials: readonly string[];
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Each reason once, with the trials it concerns, each once; the message is that of the first of them. */
export function doubtsOf({ trials, warnings }: RunResult): Doubt[] {
  const found = new Map<string, Doubt>();
  for (const { id, verdict } of trials) {
    for (const { status, code, message, remedy } of verdict.reasons) {
      const key = `${status} ${code} ${remedy}`;
      const before = found.get(key);
      // A reason may concern several parts of one trial, its agents for example.
      const concerned = new Set(before?.trials).add(id);
      found.set(key, { status, code, remedy, message: before?.message ?? message, trials: [...concerned] });
    }
  }
  const order = { invalid: 0, suspect: 1 };
  const reasons = [...found.values()].sort((a, b) => order[a.status] - order[b.status]);
  return [...reasons, ...warnings.map((warning): Doubt => ({ ...warning, status: 'suspect', trials: [] }))];
}

export function doubtText({ trials, message, remedy }: Doubt): string {
  const others = trials.length - 1;
  const more = others > 0 ? ` (${others} more ${others === 1 ? 'trial' : 'trials'} alike)` : '';
  return `${sentence(message)}${more} ${sentence(remedy)}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function trialsText(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 2).join(', ')} and ${ids.length - 2} more`;
}

/** Engine → what it cannot do. */
export function limitationsOf({ trials }: RunResult): [string, readonly string[]][] {
  const byEngine = new Map<string, readonly string[]>();
  for (const { engine, limitations } of trials) if (limitations.length > 0) byEngine.set(engine, limitations);
  return [...byEngine];
}

/** `warmup: auto` takes its own time in each trial. */
function warmupNotes(trials: readonly TrialResult[]): string[] {
  const took = trials.flatMap(({ warmup }) => (warmup?.ended === 'steady' ? [warmup.durationMs] : []));
  if (took.length === 0) return [];
  const [least, most] = [formatDuration(Math.min(...took)), formatDuration(Math.max(...took))];
  const after = least === most ? least : `${least} to ${most}`;
  return [
    `Warm-up lasted until p50, throughput and CPU were steady: ${after}. The measured arrivals are the same for all.`,
  ];
}

/** What ± and `valid here` stand for, where they are printed. */
export function instrumentNotes({ trials }: RunResult): string[] {
  const canaries = trials.flatMap(({ verdict }) => verdict.figures?.canary ?? []);
  return [
    ...(canaries.length > 0
      ? [
          '±: the instrument’s own error at that percentile, measured in the same trial; what differs by less is not told apart. ±≥: the canaries were too few for that percentile, so the next lower one stands in.',
        ]
      : []),
    ...(trials.some(({ clock }) => clock !== undefined)
      ? ['What ends at a service is off by as much more as the clocks of the hosts may be: that is in its ±.']
      : []),
    ...(trials.some(({ verdict }) => verdict.sharesCores === true)
      ? ['valid here: load and system shared cores, so this is true of these parts on these cores.']
      : []),
  ];
}

/** Figures of a broker that its makers have left behind say little about a newer one. */
function supportNotes({ versions, support = {} }: RunResult['environment']): string[] {
  return Object.entries(support).map(
    ([name, state]) => `${name}: ${versions[name] ?? 'of an unknown version'}, ${state}.`,
  );
}

/** What a broker costs falls for a while after its start, most of all a JVM's. */
function warmUpNotes({ warmUp = {} }: RunResult['environment']): string[] {
  return Object.entries(warmUp).flatMap(([name, { durationMs, steady, spread }]) => {
    if (steady !== false) return [];
    const still = spread === null ? '' : ` (it differed by ${Math.round(spread * 100)} % over the last three seconds)`;
    const after = formatDuration(Math.round(durationMs / 1e3) * 1e3);
    return [`${name} was not warm: its CPU an operation was not steady after ${after} of warm-up${still}.`];
  });
}

/** What the numbers mean, for readers who meet them without the documentation. */
export function readingNotes(result: RunResult): string[] {
  const { trials, plan, environment } = result;
  const open = plan.load.model === 'open';
  return [
    ...(open
      ? ['Times count from the intended start of an operation, not from when the generator got round to it.']
      : []),
    'Percentiles cover all offered operations; one that did not succeed counts as infinitely late (“not reached”). “too few”: fewer than ten samples lie beyond it.',
    'Only valid trials are compared, and only within one completion point and one guarantee. Suspect and invalid ones are shown, marked.',
    ...instrumentNotes(result),
    ...warmupNotes(trials),
    ...warmUpNotes(environment),
    ...supportNotes(environment),
    ...(plan.repeats > 1 ? ['Over repeats: the middle one, with the range. Percentiles are never averaged.'] : []),
    'All targets of a repeat play the same seeded arrivals, operations and payloads; the calm condition passes through the proxy, too, unless a target is marked direct.',
    ...(trials.some(({ cpu }) => cpu.serviceUsPerOperation !== null)
      ? ['CPU is that of each process tree less its idle use; all of them share this machine.']
      : []),
  ];
}

export function faultTable(trials: readonly TrialResult[]): Table | null {
  const rows = trials.flatMap(({ id, verdict, faults }) =>
    faults.map((fault): Row => ({ cells: faultCells(id, fault), status: verdict.status })),
  );
  if (rows.length === 0) return null;
  return {
    title: 'faults as they really were · times count from the end of warm-up',
    spans: [],
    columns: [nameColumn('trial'), ...textColumns('fault', 'planned', 'in force', 'expected effect', 'proof')],
    rows,
  };
}

function faultCells(id: string, fault: FaultResult): string[] {
  // To the millisecond: what is of interest is how far the real times are from the planned ones.
  const at = (ms: number | null) => (ms === null ? 'never' : `${(ms / 1e3).toFixed(3)} s`);
  const settings = Object.entries(fault.settings)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => faultSetting(fault.fault, name, value));
  const link = fault.link === null ? [] : [`${fault.link} link`];
  return [
    id,
    [[fault.fault, ...settings.slice(0, 1)].join(' '), ...settings.slice(1), ...link].join(', '),
    `${at(fault.plannedAtMs)} for ${at(fault.plannedForMs)}`,
    fault.appliedAtMs === null ? 'never' : `${at(fault.appliedAtMs)} – ${at(fault.removedAtMs)}`,
    fault.expected,
    fault.proof === null ? 'none' : Object.entries(fault.proof).map(proofText).join(', '),
  ];
}

/** `latencyMs: 40` of the fault `latency` → `40 ms`. */
function faultSetting(fault: string, name: string, value: string | number | boolean): string {
  const isTime = name.endsWith('Ms') && typeof value === 'number';
  const plain = isTime ? name.slice(0, -2) : name;
  const text = isTime ? formatDuration(value) : String(value);
  return plain === fault ? text : `${words(plain)} ${text}`;
}

function proofText([name, value]: [string, string | number | boolean | null]): string {
  const isTime = name.endsWith('Us') && typeof value === 'number';
  return isTime ? `${words(name.slice(0, -2))} ${formatUs(value)}` : `${words(name)} ${value ?? 'unknown'}`;
}
