/** `bench compare --interleave N`: from scenarios and what each side has of its own to a comparison. */
import { join } from 'node:path';
import type { BenchError } from '../result/bench-error.ts';
import { compareRuns } from '../result/compare/compare-runs.ts';
import { comparedCurves } from '../result/compare/compared-curves.ts';
import type { CompareOptions } from '../result/compare/compared-sides.ts';
import type { ComparisonResult } from '../result/compare/comparison-result.ts';
import { plannedDifferences } from '../result/compare/run-differences.ts';
import { type InterleavedSide, playInterleaved } from '../runners/interleave/play-interleaved.ts';
import { ResultStore } from '../runners/result-store.ts';
import type { StackNeeds } from '../targets/stack/stack.ts';
import { startStack } from '../targets/stack/start-stack.ts';
import { confirmInstall } from './confirm-install.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { createLiveDisplay } from './live-display.ts';
import { list, text } from './option-shapes.ts';
import { refuseDifferences } from './refuse-differences.ts';
import { ensureBesideStack } from './run.ts';
import { type OpenedScenario, openScenario, type ScenarioArguments } from './scenario-options.ts';
import { externalAddresses, type StackArguments } from './stack-arguments.ts';
import { usageError } from './usage-error.ts';
import { writeComparison } from './write-comparison.ts';

export interface InterleaveArguments extends ScenarioArguments, StackArguments {
  /** One scenario, or one for each side. */
  readonly results: readonly string[];
  readonly interleave?: string | undefined;
  readonly 'a-set'?: readonly string[] | undefined;
  readonly 'b-set'?: readonly string[] | undefined;
  readonly 'a-start'?: string | undefined;
  readonly 'b-start'?: string | undefined;
  readonly out?: string | undefined;
}

export const interleaveOptions = {
  interleave: { ...text, describe: 'play two sides of a scenario alternately, so many blocks' },
  'a-set': { ...list, describe: 'path=value that only side A has' },
  'b-set': { ...list, describe: 'path=value that only side B has' },
  'a-start': { ...text, describe: 'starts the own service of side A, anew in each block' },
  'b-start': { ...text, describe: 'starts the own service of side B' },
  out: {
    ...text,
    describe:
      'folder for comparison.json and comparison.html; of --interleave for both sides too (default then: results/compare-<scenario>-<UTC time>)',
  },
} as const;

const leastBlocks = 3;

export interface InterleavedComparison {
  readonly comparison: ComparisonResult;
  readonly directory: string;
  readonly isInterrupted: boolean;
  /** What ended it early; to be told after what is paired. */
  readonly failure: BenchError | null;
}

/** Throws as `openScenario` and `playInterleaved` do. */
export async function compareInterleaved(
  args: InterleaveArguments,
  options: CompareOptions,
): Promise<InterleavedComparison> {
  const blocks = Number(args.interleave);
  if (!Number.isInteger(blocks) || blocks < leastBlocks) {
    throw usageError(
      `--interleave ${args.interleave} is no whole number from ${leastBlocks}`,
      'Eight blocks are usual.',
    );
  }
  const [fileA, fileB = fileA, ...more] = args.results;
  if (fileA === undefined || fileB === undefined || more.length > 0) {
    throw usageError(
      '--interleave takes one scenario file, or two: one for each side',
      'For example: bench compare --interleave 8 scenarios/order-flow.yaml --a-set … --b-set …',
    );
  }
  const open = (file: string, own: readonly string[] = []) =>
    openScenario(file, { ...args, set: [...(args.set ?? []), ...own], repeats: String(blocks) });
  const [a, b] = [open(fileA, args['a-set']), open(fileB, args['b-set'])];
  if (!options.isForced) refuseDifferences(plannedDifferences(a.plan, b.plan, 'B'));
  const startA = args['a-start'] ?? null;
  const startB = args['b-start'] ?? null;
  for (const [start, side] of [
    [startA, a],
    [startB, b],
  ] as const)
    requireAddress(start, side);
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const out = args.out ?? join('results', `compare-${a.scenario.name}-${stamp}`);
  const display = createLiveDisplay({ stream: process.stderr });
  const note = (line: string) => display.event({ type: 'message', text: line });
  const signal = interruptSignal(note);
  const stores: ResultStore[] = [];
  try {
    for (const line of new Set([...a.notes, ...b.notes])) note(line);
    const external = await externalAddresses(args);
    const install = { confirm: confirmInstall(args.yes), log: note, signal };
    const sideOf = async (
      opened: OpenedScenario,
      letter: string,
      startCommand: string | null,
    ): Promise<InterleavedSide> => {
      const store = await ResultStore.open(join(out, letter), note, opened.redactRecord);
      stores.push(store);
      await store.write('scenario.yaml', opened.text);
      const { scenario, variants, plan } = opened;
      const run: InterleavedSide['run'] = {
        ...{ scenario, variants, plan, store, signal },
        emit: (event) => display.event(opened.redactRecord(event)),
        startStack: (needs: StackNeeds) =>
          startStack({ ...install, mode: args.stack, needs, external, allowHosts: scenario.allowHosts }),
        ensurePrograms: (names) => ensureBesideStack(names, install),
      };
      return { run, startCommand };
    };
    const played = await playInterleaved(await sideOf(a, 'a', startA), await sideOf(b, 'b', startB), blocks);
    const settings = (own: readonly string[] | undefined, start: string | null) => [
      ...(own ?? []),
      ...(start === null ? [] : [`start: ${start}`]),
    ];
    const sideA = { name: 'A', result: a.redactRecord(played.a), settings: settings(args['a-set'], startA) };
    const sideB = { name: 'B', result: b.redactRecord(played.b), settings: settings(args['b-set'], startB) };
    const compared = compareRuns(sideA, [sideB], { ...options, isInterleaved: true, blocks: played.blocks });
    const comparison = { ...compared, curves: comparedCurves([sideA, sideB]) };
    writeComparison(comparison, out, []);
    return { comparison, directory: out, isInterrupted: signal.aborted, failure: played.failure };
  } finally {
    display.close();
    for (const store of stores) await store.close();
  }
}

function requireAddress(start: string | null, { scenario }: OpenedScenario): void {
  if (start === null || Object.values(scenario.targets).every(({ address }) => address !== undefined)) return;
  throw usageError(
    '--a-start and --b-start are for targets with an address of their own',
    'Choose them with --target.',
  );
}
