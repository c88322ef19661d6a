/** A sweep as it is run: each target with each assignment, checked as if it had been written so. */
import { settingsText } from '../../result/settings-text.ts';
import type { Target } from '../scenario.ts';
import { type Finding, formatPath, type Path } from './problem.ts';
import { isFreeSetting } from './redaction.ts';
import type { ScenarioFile } from './scenario-schema.ts';
import { type Assignment, expandSweep, type SweepFile } from './sweep-schema.ts';

/** Tells a variant from all others of the run. */
export function variantKey(target: string, settings: Assignment): string {
  return JSON.stringify([target, settings]);
}

export interface SweptTargets {
  /** Target → its assignments; those that are not swept are missing. */
  readonly sweep: Readonly<Record<string, readonly Assignment[]>>;
  /** By `variantKey`. */
  readonly targets: ReadonlyMap<string, Target>;
  /** Assignments that are not run since they come to the same as another one, a sentence a target. */
  readonly notes: readonly string[];
}

interface Reading {
  readonly file: ScenarioFile | null;
  readonly findings: readonly Finding[];
}

/** One sweep of the file, and where it stands. */
interface WrittenSweep {
  readonly sweep: SweepFile;
  readonly path: Path;
}

/** A target, and one of the assignments that a sweep has for it. */
interface Candidate extends WrittenSweep {
  readonly target: string;
  readonly assignment: Assignment;
}

/**
 * `read`: what is found when the scenario is this one; `resolve`: its target of that name; `redact`: takes values
 * of the environment out, for assignments name variants, trials and files.
 */
export function readSweep(
  raw: unknown,
  file: ScenarioFile,
  read: (value: unknown) => Reading,
  resolve: (file: ScenarioFile, target: string) => Target,
  redact: (text: string) => string,
): SweptTargets | { readonly findings: Finding[] } {
  const written = writtenSweeps(file.sweep);
  const expanded = written.map((one) => candidatesOf(one, file.targets));
  const early = expanded.flatMap(({ findings }) => findings);
  if (early.length > 0) return { findings: early };
  const candidates = expanded.flatMap((one) => one.candidates);
  const targets = new Map<string, Target>();
  const findings = new Map<string, Finding>();
  for (const candidate of candidates) {
    const { target, assignment } = candidate;
    const reading = read(assigned(raw, target, assignment));
    for (const finding of reading.findings) {
      const placed = placedInSweep(finding, candidate);
      findings.set(JSON.stringify([placed.path, placed.message]), placed);
    }
    if (reading.file !== null && reading.findings.length === 0) {
      targets.set(variantKey(target, shown(assignment, redact)), resolve(reading.file, target));
    }
  }
  if (findings.size > 0) return { findings: [...findings.values()].slice(0, mostFindings) };
  const named = candidates.map((one) => ({ ...one, assignment: shown(one.assignment, redact) }));
  const kept = [...Map.groupBy(named, ({ target }) => target)].map(([name, of]) => {
    return [name, distinctOf(name, of, targets)] as const;
  });
  const notes = kept.flatMap(([name, { same }]) => sameNote(name, same));
  return { sweep: Object.fromEntries(kept.map(([name, { distinct }]) => [name, distinct])), targets, notes };
}

function shown(assignment: Assignment, redact: (text: string) => string): Assignment {
  return Object.fromEntries(
    Object.entries(assignment).map(([setting, value]) => {
      const text = String(value);
      const redacted = isFreeSetting(setting) ? redact(text) : text;
      return [setting, redacted === text ? value : redacted];
    }),
  );
}

function writtenSweeps(sweep: ScenarioFile['sweep']): WrittenSweep[] {
  if (sweep === undefined) return [];
  return Array.isArray(sweep)
    ? sweep.map((one, index) => ({ sweep: one, path: ['sweep', index] }))
    : [{ sweep, path: ['sweep'] }];
}

function candidatesOf(
  written: WrittenSweep,
  targets: ScenarioFile['targets'],
): { readonly candidates: readonly Candidate[]; readonly findings: readonly Finding[] } {
  const { sweep, path } = written;
  const findings = contradictions(written, targets);
  const assignments = expandSweep(sweep);
  if ('key' in assignments) {
    const { key, message } = assignments;
    return { candidates: [], findings: [...findings, { path: [...path, 'grid', key], message }] };
  }
  if (findings.length === 0 && assignments.length === 0) findings.push({ path, message: 'leaves nothing to be run' });
  if (assignments.length > sweep.limit) {
    findings.push({ path, message: `has ${assignments.length} combinations, more than ${sweep.limit} (limit)` });
  }
  const names = sweep.targets ?? Object.keys(targets);
  const candidates = names.flatMap((target) => assignments.map((assignment) => ({ ...written, target, assignment })));
  return { candidates, findings };
}

type SamePair = readonly [left: Assignment, kept: Assignment];

/** A setting may be without effect beside another, such as the linger of batches of one message: once is enough. */
function distinctOf(name: string, candidates: readonly Candidate[], targets: SweptTargets['targets']) {
  const first = new Map<string, Assignment>();
  const same: SamePair[] = [];
  for (const { assignment } of candidates) {
    const target = JSON.stringify(targets.get(variantKey(name, assignment)));
    const earlier = first.get(target);
    if (earlier === undefined) first.set(target, assignment);
    else same.push([assignment, earlier]);
  }
  return { distinct: [...first.values()], same };
}

function sameNote(name: string, [example, ...others]: readonly SamePair[]): string[] {
  if (example === undefined) return [];
  const [left, kept] = example.map(settingsText);
  const more = others.length === 0 ? '' : `, and ${others.length} more of that kind`;
  return [`sweep of ${name}: ${left} is left out, being the same as ${kept}${more}.`];
}

/** Many variants share what is wrong with one of their settings; beyond these the rest is alike. */
const mostFindings = 20;

function contradictions({ sweep, path }: WrittenSweep, targets: ScenarioFile['targets']): Finding[] {
  const findings: Finding[] = [];
  if ((sweep.grid === undefined) === (sweep.list === undefined)) {
    findings.push({ path, message: 'needs either grid or list' });
  }
  sweep.targets?.forEach((name, index) => {
    if (!Object.hasOwn(targets, name)) {
      findings.push({ path: [...path, 'targets', index], message: `there is no target "${name}"` });
    }
  });
  return findings;
}

function assigned(raw: unknown, target: string, assignment: Assignment): unknown {
  const { sweep: _, ...copy } = structuredClone(raw) as Record<string, unknown>;
  for (const [path, value] of Object.entries(assignment)) {
    const steps = ['targets', target, ...path.split('.')];
    let parent = copy;
    for (const step of steps.slice(0, -1)) {
      const within = parent[step];
      const next = typeof within === 'object' && within !== null && !Array.isArray(within) ? within : {};
      parent[step] = next;
      parent = next as Record<string, unknown>;
    }
    parent[steps.at(-1) ?? ''] = value;
  }
  return copy;
}

/** What is wrong with a swept setting stands where the setting is swept, told of the target. */
function placedInSweep(finding: Finding, { target, assignment, sweep, path: at }: Candidate): Finding {
  const path = formatPath(finding.path);
  const setting = Object.keys(assignment).find((key) => `${path}.`.startsWith(`targets.${target}.${key}.`));
  const where = setting === undefined ? path : `for ${target}: ${shortened(path, target)}`;
  return {
    path: sweep.grid !== undefined && setting !== undefined ? [...at, 'grid', setting] : at,
    message:
      setting === undefined
        ? `with ${settingsText(assignment)}: ${where} ${finding.message}`
        : `${where} ${finding.message}`,
    suggestion: finding.suggestion,
  };
}

function shortened(path: string, target: string): string {
  return path.replace(`targets.${target}.`, '');
}
