/** A stored result, checked before anything relies on it. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { patternNames } from '../result/patterns.ts';
import { breakerStates, latencyNames, phaseNames, protocols, type RunResult } from '../result/result-types.ts';
import { requireSameSemantics, semanticsVersion } from '../result/semantics-version.ts';

export const resultFile = 'result.json';
const knownSchemaVersion = 1;
const mostProblems = 5;

const figure = z.number().nullable();
const count = z.number().min(0);
const summary = z.object({
  count,
  ...Object.fromEntries(['min', 'mean', 'p50', 'p90', 'p99', 'p999', 'max'].map((name) => [name, figure.optional()])),
});
const latencyUs = z.object(Object.fromEntries(latencyNames.map((name) => [name, summary])));
const counts = z.object({
  offered: count,
  ok: count,
  rejected: count,
  failed: count,
  timedOut: count,
  dropped: count,
  attempts: count,
  resent: count.optional(),
});
const policies = z
  .object({ refused: count, retriesDenied: count, unsent: count, fallbacks: count, fallbackUs: summary })
  .optional();
const operation = z.object({
  completion: z.enum(['replied', 'acknowledged', 'delivered']),
  pattern: z.enum(patternNames),
  counts,
  latencyUs,
  policies,
  withinRunUs: z.record(z.string(), z.record(z.string(), z.tuple([count, figure]))).optional(),
});
const phase = z.object({
  durationMs: count,
  plannedPerSecond: figure.optional(),
  offeredPerSecond: z.number(),
  goodputPerSecond: z.number(),
  counts,
  latencyUs,
  operations: z.record(z.string(), operation),
  policies,
  errors: z.record(z.string(), z.number()),
});
const setting = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const nullable = (...names: string[]) => z.object(Object.fromEntries(names.map((name) => [name, figure])));
const cpuCosts = ['generatorUsPerOperation', 'serviceUsPerOperation', 'brokerUsPerOperation', 'proxyUsPerOperation'];
const fault = z.object({
  fault: z.string(),
  link: z.string().nullable(),
  plannedAtMs: z.number(),
  plannedForMs: z.number(),
  appliedAtMs: figure,
  removedAtMs: figure,
  settings: z.record(z.string(), setting),
  expected: z.string(),
  proof: z.record(z.string(), setting).nullable(),
});
const remark = { code: z.string(), message: z.string(), remedy: z.string() };
const verdicts = z.enum(['valid', 'suspect', 'invalid']);
const countsByTime = z.record(z.string(), z.string());
const trial = z.object({
  id: z.string(),
  target: z.string(),
  protocol: z.enum(protocols),
  condition: z.string(),
  variant: z.record(z.string(), setting),
  repeat: z.number(),
  engine: z.string(),
  model: z.enum(['open', 'closed']),
  startedAt: z.iso.datetime(),
  semantics: z.record(z.string(), setting),
  limitations: z.array(z.string()),
  verdict: z.object({
    status: verdicts,
    reasons: z.array(z.object({ ...remark, status: verdicts })),
    sharesCores: z.boolean().optional(),
    figures: z
      .object({ canary: z.object({ count, floorUs: count, p50Us: figure, p90Us: figure, p99Us: figure }).nullish() })
      .catchall(figure)
      .optional(),
  }),
  warmup: z.object({ durationMs: count, ended: z.enum(['planned', 'steady', 'notSteady']) }).optional(),
  phases: z.partialRecord(z.enum(phaseNames), phase),
  ledger: nullable(
    ...['acknowledged', 'received', 'applied', 'lost', 'unacknowledgedButApplied'],
    ...['duplicatesReceived', 'duplicatesApplied', 'reordered', 'corrupted'],
  ),
  reconnects: count.optional(),
  blockedPublishers: z.object({ times: count, durationMs: count, reason: z.string() }).optional(),
  wire: nullable('bytesUp', 'bytesDown', 'bytesPerOperation').extend({
    bodies: z
      .object({ plainBytesUp: count, wireBytesUp: count, plainBytesDown: count, wireBytesDown: count })
      .optional(),
    batches: z.object({ messages: count, requests: count }).optional(),
  }),
  cpu: nullable(...cpuCosts).extend({ harnessShare: figure.optional(), waits: nullable(...cpuCosts).optional() }),
  memory: nullable('generatorBytes', 'serviceBytes', 'brokerBytes', 'proxyBytes').optional(),
  faults: z.array(fault),
  breaker: z.array(z.object({ atMs: z.number(), state: z.enum(breakerStates), client: count })).optional(),
  timeline: z.array(
    z.object({
      atMs: z.number(),
      offered: count,
      ok: count,
      failed: count,
      timedOut: count,
      p50Us: figure,
      p90Us: figure.optional(),
      p99Us: figure,
    }),
  ),
  blocks: z
    .object({
      blockMs: z.number().positive(),
      phases: z.partialRecord(z.enum(phaseNames), z.record(z.string(), countsByTime)),
      happened: z.record(z.string(), countsByTime).optional(),
    })
    .optional(),
  histograms: z.partialRecord(z.enum(phaseNames), z.partialRecord(z.enum(latencyNames), z.string())),
});

const shape = z.object({
  schemaVersion: z.literal(knownSchemaVersion),
  semanticsVersion: z.literal(semanticsVersion),
  status: z.enum(['complete', 'partial', 'interrupted']),
  run: z.object({
    id: z.string(),
    scenario: z.string(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    seed: z.number(),
    trialsPlanned: z.number(),
  }),
  environment: z.object({
    cpu: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
    os: z.string(),
    node: z.string(),
    versions: z.record(z.string(), z.string()),
    support: z.record(z.string(), z.string()).optional(),
    gitCommit: z.string().nullable(),
  }),
  plan: z.object({
    name: z.string(),
    question: z.string().optional(),
    primary: z
      .object({ operation: z.string(), metric: z.string(), condition: z.string(), phase: z.enum(phaseNames) })
      .optional(),
    load: z.object({
      model: z.enum(['open', 'closed']),
      warmupMs: count,
      warmupUntilSteady: z.boolean().optional(),
      durationMs: count,
    }),
    conditions: z.record(z.string(), z.array(z.unknown())),
    repeats: z.number(),
  }),
  trials: z.array(trial),
  thresholds: z.array(
    z.object({
      expression: z.string(),
      actual: figure,
      status: z.enum(['pass', 'fail', 'noData']),
      trial: z.string().optional(),
    }),
  ),
  satOut: z.array(z.object({ target: z.string(), condition: z.string(), lacks: z.string() })).optional(),
  warnings: z.array(z.object(remark)),
});

const ofAnySemantics = shape.extend({ semanticsVersion: z.number().optional() });

/** Where a result lies: the folder is named, or its result.json. */
export function resultDirectory(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? dirname(path) : path;
}

/** Throws a BenchError (exit 2) for what is not there, not whole, no result of a version that we know, or (unless asked for) of other meanings. */
export function readResult(path: string, { anySemantics = false } = {}): RunResult {
  const file = statSync(path, { throwIfNoEntry: false })?.isFile() ? path : join(path, resultFile);
  const value = parse(file, read(path, file));
  const version = (value as { readonly schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > knownSchemaVersion) {
    throw refusal(
      `${file} is of a newer version (${version}) than this Wirebench knows (${knownSchemaVersion})`,
      'Render it with the Wirebench that wrote it, or a newer one.',
    );
  }
  if (version === knownSchemaVersion && !anySemantics) requireSameSemantics(value, file);
  const checked = (anySemantics ? ofAnySemantics : shape).safeParse(value);
  if (!checked.success) {
    const problems = checked.error.issues.map((issue) => `  ${placeOf(issue.path)}: ${issue.message}`);
    const more = problems.length > mostProblems ? [`  and ${problems.length - mostProblems} more`] : [];
    throw refusal(
      [`${file} is not a result of Wirebench:`, ...problems.slice(0, mostProblems), ...more].join('\n'),
      'Name the folder that `bench run` wrote. If it was edited by hand, undo that.',
    );
  }
  // As read, not as parsed: `plan` holds the whole scenario, of which the shape names only what reports need.
  return value as RunResult;
}

function refusal(message: string, hint: string, cause?: unknown): BenchError {
  return new BenchError('noResult', message, { hint, exitCode: exitCodes.usage, cause });
}

function read(path: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw refusal(`${file} cannot be read: ${message}`, 'Check its permissions.', cause);
    }
    const there = statSync(path, { throwIfNoEntry: false }) !== undefined;
    throw refusal(
      there ? `${path} holds no ${resultFile}` : `There is no ${path}`,
      `Name the folder that \`bench run\` wrote: it holds a ${resultFile}.`,
      cause,
    );
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal(
      `${file} is not whole JSON: ${(cause as Error).message}`,
      'It was cut off or edited; copy it again, or run the scenario again.',
      cause,
    );
  }
}

/** `trials[3].phases.steady` */
function placeOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}
