/** YAML in, a scenario or all of its problems out. */
import { dirname, isAbsolute, resolve } from 'node:path';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Scenario, Target } from '../scenario.ts';
import { checkChain } from './check-chain.ts';
import { checkConditions } from './check-conditions.ts';
import { createCheckContext } from './check-context.ts';
import { checkEvolution } from './check-evolution.ts';
import { checkFlow } from './check-flow.ts';
import { checkLoad } from './check-load.ts';
import { checkPublish } from './check-publish.ts';
import { checkResilience } from './check-resilience.ts';
import { checkTargets } from './check-targets.ts';
import { checkPrimary, checkThresholds } from './check-thresholds.ts';
import { checkWorkload } from './check-workload.ts';
import { findingsFromIssues, valueAt } from './issue-findings.ts';
import { applyOverrides, type Override } from './overrides.ts';
import { plainValue } from './plain-value.ts';
import { type Finding, formatPath, type Path, type Problem } from './problem.ts';
import { type Interpolation, type ReadDocument, readDocument } from './read-document.ts';
import { createRedaction, type Redaction, redactFinding } from './redaction.ts';
import { resolveScenario } from './resolve-scenario.ts';
import { salvage } from './salvage.ts';
import { type ScenarioFile, scenarioFileSchema } from './scenario-schema.ts';
import { readSweep } from './sweep-variants.ts';
import { takingNotes } from './taking-notes.ts';

export interface ParseOptions {
  /** As it is shown in problems; relative paths in the scenario start at its folder. */
  readonly path: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly overrides?: readonly Override[];
  /** Cores of the machine, for `threads: auto`; found out when left out. */
  readonly cores?: number;
}

export interface ParsedScenario extends Redaction {
  readonly ok: true;
  readonly scenario: Scenario;
  /** The targets of a sweep as each assignment of its settings makes them, by `variantKey`. */
  readonly variants: ReadonlyMap<string, Target>;
  /** What is not run although it is written, a sentence each. */
  readonly notes: readonly string[];
  /** What the run takes from queues and streams that are not ours, a sentence a target. */
  readonly taking: readonly string[];
  /**
   * YAML that means the same anywhere on this machine: overrides applied, paths absolute, `${…}` left as written.
   */
  readonly text: string;
}

export type ScenarioReading = ParsedScenario | { readonly ok: false; readonly problems: readonly Problem[] };

export const largestScenarioBytes = 256 * 1024;
/** A broken line may break all that follow: the first few tell. */
const mostSyntaxProblems = 20;

export function parseScenario(text: string, options: ParseOptions): ScenarioReading {
  const lines = new LineCounter();
  const positionOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file: options.path, line, column: col };
  };
  const atStart = (message: string): ScenarioReading => ({
    ok: false,
    problems: [{ file: options.path, line: 1, column: 1, path: '', message }],
  });
  if (text.length > largestScenarioBytes) return atStart(tooLarge);
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) return atStart('is nested too deeply');
    throw error;
  }
  const tooDeep = document.errors.find(({ message }) => message.includes('call stack'));
  if (tooDeep !== undefined) {
    return { ok: false, problems: [{ ...positionOf(tooDeep.pos[0]), path: '', message: 'is nested too deeply' }] };
  }
  // What follows a broken place is noise: tokens that fit nowhere any more.
  const errors = document.errors
    .filter(({ message }, index) => index === 0 || !message.startsWith('Unexpected '))
    .slice(0, mostSyntaxProblems);
  const syntax = [...errors, ...document.warnings].map((error) => syntaxProblem(error, text, positionOf));
  if (document.errors.length > 0) return { ok: false, problems: sorted(syntax).slice(0, mostSyntaxProblems) };
  if (document.contents === null) return atStart('the file is empty; `bench init` writes a scenario to start from');
  if (!isMap(document.contents))
    return atStart('a scenario is a mapping of keys such as name, workload, load and targets');

  const { labels, problems: overrideProblems } = applyOverrides(document, options.overrides ?? []);
  const read = readDocument(document, text, options.env ?? process.env, labels);
  const directory = dirname(resolve(options.path));
  const { file, findings } = findAll(read, directory);
  const locate = (finding: Finding) => locatedProblem(redactFinding(finding, read.interpolations), read, positionOf);
  const duplicates = read.duplicates.map((offset) => duplicateKey(text, offset, positionOf));
  const problems = sorted([...syntax, ...duplicates, ...overrideProblems, ...findings.map(locate)]);
  if (file === null || problems.length > 0) return { ok: false, problems };
  const resolving = {
    directory,
    ...(options.cores === undefined ? {} : { cores: options.cores }),
    writtenThreshold: (index: number) =>
      writtenText(read.interpolations, ['thresholds', index]) ??
      writtenText(read.interpolations, ['thresholds', index, 'check']),
  };
  const redaction = createRedaction(read.interpolations, spelledBy(read));
  const swept = readSweep(
    read.value,
    file,
    (value) => findAll({ ...read, value }, directory),
    (variant, name) => resolveScenario(variant, resolving).targets[name] as Target,
    redaction.redact,
  );
  if ('findings' in swept) return { ok: false, problems: sorted(swept.findings.map(locate)) };
  const scenario = resolveScenario(file, { ...resolving, sweep: swept.sweep });
  return {
    ok: true,
    scenario,
    variants: swept.targets,
    notes: swept.notes,
    taking: takingNotes(scenario).map(redaction.redact),
    text: portableText(document, read, directory, scenario),
    ...redaction,
  };
}

/** Keys, and values that are none of the environment. */
function spelledBy({ value: root, interpolations }: ReadDocument): ReadonlySet<string> {
  const spelled = new Set<string>();
  const filled = new Set(interpolations.map(({ path }) => formatPath(path)));
  const walk = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null) {
      if (!filled.has(formatPath(path))) spelled.add(String(value));
      return;
    }
    for (const [key, child] of Object.entries(value)) {
      if (!Array.isArray(value)) spelled.add(key);
      walk(child, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  walk(root, []);
  return spelled;
}

export const tooLarge = `is larger than ${largestScenarioBytes / 1024}KiB; put large payloads into files of their own`;

function findAll(read: ReadDocument, directory: string): { file: ScenarioFile | null; findings: Finding[] } {
  const { value: raw, unreadable } = read;
  const parsed = parseRead(read);
  const findings = parsed.success ? [] : findingsFromIssues(parsed.error.issues, displayed(raw, read.interpolations));
  const salvaged = salvage(raw);
  if (salvaged !== null) {
    const context = createCheckContext(salvaged, raw, directory, unreadable);
    checkWorkload(context);
    checkLoad(context);
    checkTargets(context);
    checkFlow(context);
    checkChain(context);
    checkPublish(context);
    checkEvolution(context);
    checkConditions(context);
    checkResilience(context);
    checkPrimary(context);
    checkThresholds(context);
    findings.push(...context.findings);
  }
  for (const path of read.protoKeys) {
    if (findings.some((one) => formatPath(one.path) === formatPath(path))) continue;
    findings.push({ path, message: 'cannot be a name', atKey: true });
  }
  if (read.interpolations.some(({ path }) => formatPath(path) === 'name')) {
    findings.push({ path: ['name'], message: 'cannot come from the environment: it stands in names of files' });
  }
  const readable = findings.filter(({ path, message }) => !unreadable.some((bad) => concerns(path, message, bad)));
  return { file: parsed.success ? parsed.data : null, findings: [...read.findings, ...readable] };
}

/** Text and numbers of the environment look alike, quoted or not: the definition says which one is meant. */
function parseRead({ value: raw, interpolations }: ReadDocument) {
  const parsed = scenarioFileSchema.safeParse(raw);
  let again = false;
  for (const issue of parsed.error?.issues ?? []) {
    const path = formatPath(issue.path as Path);
    const interpolation = interpolations.find((one) => formatPath(one.path) === path);
    if (interpolation === undefined) continue;
    const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
    setValue(raw, interpolation.path, wantsText ? interpolation.filled : plainValue(interpolation.filled));
    again = true;
  }
  return again ? scenarioFileSchema.safeParse(raw) : parsed;
}

function setValue(root: unknown, path: Path, value: unknown): void {
  const key = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1)) as Record<string | number, unknown> | undefined;
  if (key !== undefined && parent !== undefined) parent[key] = value;
}

/** Whether a finding only says that a value which could not be read is missing or wrong. */
function concerns(path: Path, message: string, unreadable: Path): boolean {
  const below = formatPath(path.slice(0, unreadable.length)) === formatPath(unreadable);
  const parent = formatPath(path) === formatPath(unreadable.slice(0, -1));
  return below || (parent && message.startsWith(`${unreadable.at(-1)} is missing`));
}

/** The raw values as messages may show them: those of the environment as written in the file. */
function displayed(raw: unknown, interpolations: readonly Interpolation[]): unknown {
  if (interpolations.length === 0) return raw;
  const copy: unknown = structuredClone(raw);
  for (const { path, text } of interpolations) setValue(copy, path, text);
  return copy;
}

function writtenText(interpolations: readonly Interpolation[], path: Path): string | undefined {
  return interpolations.find((one) => formatPath(one.path) === formatPath(path))?.text;
}

type PositionOf = (offset: number) => Pick<Problem, 'file' | 'line' | 'column'>;

/** Found here: the library compares each key with each other. */
function duplicateKey(text: string, offset: number, positionOf: PositionOf): Problem {
  const key = /^\s*("[^"]*"|'[^']*'|[^\s:]+)/.exec(text.slice(offset, offset + 100))?.[1] ?? '';
  return { ...positionOf(offset), path: '', message: `duplicate key ${key}` };
}

function syntaxProblem(error: YAMLError, text: string, positionOf: PositionOf): Problem {
  const [offset, end] = error.pos;
  const place = { ...positionOf(offset), path: '' };
  if (text.startsWith('${', offset - 1)) {
    return {
      ...place,
      message: 'within { } and [ ] a value of the environment needs quotes',
      suggestion: 'write "$' + '{NAME}"',
    };
  }
  switch (error.code) {
    case 'MULTIPLE_DOCS':
      return { ...place, message: 'a scenario is one YAML document; another one begins here' };
    case 'TAG_RESOLVE_FAILED':
      return { ...place, message: `the tag ${text.slice(offset, end)} means nothing here` };
    case 'NON_STRING_KEY':
      return { ...place, message: 'a key must be text' };
    default:
      return { ...place, message: `not YAML: ${error.message.split('\n')[0]}` };
  }
}

function locatedProblem(finding: Finding, read: ReadDocument, positionOf: PositionOf): Problem {
  const { path, message, suggestion, atKey, offset } = finding;
  const place = read.placeOf(path);
  const inText = offset === undefined || place.textOffset === null ? place.valueOffset : place.textOffset + offset;
  const position =
    place.label === undefined
      ? positionOf(atKey ? place.keyOffset : inText)
      : { file: place.label, line: 0, column: 0 };
  return { ...position, path: formatPath(path), message, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** In the order of the file, those of the command line last; each once. */
function sorted(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  const line = (problem: Problem) => (problem.line === 0 ? Number.POSITIVE_INFINITY : problem.line);
  const compare = (a: Problem, b: Problem) => (line(a) === line(b) ? a.column - b.column : line(a) - line(b));
  return [...unique.values()].sort(compare);
}

/** The keys of a target that name files or folders: one, or a list of them. */
function protoPaths(target: string, read: ReadDocument): Path[] {
  return ['proto', 'protoset', 'importPaths'].flatMap((key): Path[] => {
    const path = ['targets', target, key];
    const node = read.nodeAt(path);
    return isSeq(node) ? node.items.map((_, index) => [...path, index]) : [path];
  });
}

/** Files that the scenario names are found from the result folder, too. */
function portableText(
  document: Document,
  read: ReadDocument,
  directory: string,
  { targets, workload }: Scenario,
): string {
  const paths: Path[] = [
    ['load', 'arrivals', 'file'],
    ...Object.keys(targets).flatMap((name) => protoPaths(name, read)),
    ...Object.keys(workload.payloads).map((name) => ['workload', 'payloads', name, 'file']),
  ];
  for (const path of paths) {
    const node = read.nodeAt(path);
    if (!isScalar(node) || typeof node.value !== 'string') continue;
    if (!node.value.includes('${') && !isAbsolute(node.value)) node.value = resolve(directory, node.value);
  }
  return document.toString({ lineWidth: 0 });
}
