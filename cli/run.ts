/** `bench run <scenario>`: the main job. */

import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CommandModule } from 'yargs';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { RunResult } from '../result/result-types.ts';
import type { EnginePaths } from '../runners/engines/engine-trial.ts';
import { ResultStore, UnstoredResultError } from '../runners/result-store.ts';
import type { RunEvent } from '../runners/run-events.ts';
import { BrokenRunError, type RunOptions } from '../runners/run-options.ts';
import { runScenario } from '../runners/run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { ensurePrograms, type InstallOptions } from '../targets/stack/install.ts';
import { besideStack } from '../targets/stack/programs.ts';
import type { StackNeeds } from '../targets/stack/stack.ts';
import { startStack } from '../targets/stack/start-stack.ts';
import { confirmInstall } from './confirm-install.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { keepUnstored } from './keep-unstored.ts';
import { createLiveDisplay } from './live-display.ts';
import { LiveMetrics, type MetricsArguments, metricsOptions } from './live-metrics.ts';
import { printNote } from './print.ts';
import { agentOptions, type RunAgents, type RunAgentsArguments, startRunAgents } from './run-agents.ts';
import { openSamplesFile, samplesFormat } from './samples-file.ts';
import { type OpenedScenario, openScenario, type ScenarioArguments, scenarioOptions } from './scenario-options.ts';
import { externalAddresses, type StackArguments, stackOptions } from './stack-arguments.ts';
import { usageError } from './usage-error.ts';
import { formatNames, parseRunFormats, printReports, writeReports } from './write-reports.ts';

export interface RunArguments extends ScenarioArguments, StackArguments, MetricsArguments, RunAgentsArguments {
  readonly scenario: string;
  readonly out: string | undefined;
  readonly resume?: string | undefined;
  readonly format: string;
  readonly full?: boolean | undefined;
}

const formatsText = `reports: ${formatNames.join(', ')}, ${samplesFormat} (each operation, as it ends); NAME=PATH: to that file, NAME=-: to stdout`;
export const fullOption = {
  full: { type: 'boolean', default: false, describe: 'print the whole report, not the first screen of it' },
} as const;

export const outputOptions = {
  ...metricsOptions,
  ...fullOption,
  out: { type: 'string', nargs: 1, describe: 'the result folder (default: results/<scenario>-<UTC time>)' },
  format: {
    type: 'string',
    nargs: 1,
    default: 'terminal,json,html,hlog',
    describe: formatsText,
  },
} as const;

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run <scenario>',
  describe: 'play a scenario over its targets and compare them',
  builder: (parser) =>
    parser
      .positional('scenario', { type: 'string', demandOption: true, describe: 'scenario file' })
      .options(scenarioOptions)
      .options(stackOptions)
      .options(outputOptions)
      .options(agentOptions)
      .option('resume', {
        type: 'string',
        nargs: 1,
        conflicts: 'out',
        describe: 'go on with the interrupted run in this result folder: its finished trials are kept',
      }),
  handler: async (args) => {
    process.exitCode = await playRun(args, openScenario(args.scenario, args), runScenario);
  },
};

/** From the arguments to the reports: what `run` and `tune` have in common. Resolves with the exit code. */
export async function playRun(
  args: RunArguments,
  selected: OpenedScenario,
  play: (options: RunOptions) => Promise<RunResult>,
): Promise<number> {
  const { formats, samples } = parseRunFormats(args.format);
  const { scenario } = selected;
  const out =
    args.resume ??
    args.out ??
    join('results', `${scenario.name}-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`);
  const display = createLiveDisplay({ stream: process.stderr });
  const note = (text: string) => display.event({ type: 'message', text });
  const signal = interruptSignal(note);
  let held: ResultStore | null = null;
  let metrics: LiveMetrics | null = null;
  let agents: RunAgents | null = null;
  try {
    let result: RunResult;
    let broken: BrokenRunError | null = null;
    try {
      if (selected.plan.question !== undefined) note(selected.plan.question);
      for (const text of selected.notes) note(text);
      const { store, earlier } = await openStore(args, out, selected, note);
      held = store;
      await store.write('scenario.yaml', selected.text);
      if (samples !== null && args.agents !== undefined) throw samplesElsewhere();
      const samplesPath = openSamplesFile(samples, store.directory, args.resume !== undefined);
      metrics = await LiveMetrics.open(scenario.name, args, note, (text) => display.event({ type: 'warning', text }));
      const shows = (event: RunEvent) => {
        const shown = selected.redactRecord(event);
        display.event(shown);
        metrics?.event(shown);
      };
      const install = { confirm: confirmInstall(args.yes), log: note, signal };
      const external = await externalAddresses(args);
      agents = await startRunAgents(args, { scenario, install, redact: selected.redactRecord });
      result = await play({
        scenario,
        variants: selected.variants,
        earlier,
        plan: selected.plan,
        store,
        samplesPath,
        ...(agents !== null && {
          ...{ openLoad: agents.openLoad, listenHost: agents.listenHost, partHosts: agents.partHosts },
        }),
        emit: shows,
        startStack: (needs: StackNeeds) =>
          startStack({
            ...{ ...install, mode: args.stack, external, allowHosts: scenario.allowHosts },
            needs: { ...needs, listenHost: agents?.listenHost },
          }),
        ensurePrograms: (names) => ensureBesideStack(names, install),
        signal,
      });
    } catch (error) {
      if (!(error instanceof BrokenRunError)) throw error;
      broken = error;
      result = error.result;
    } finally {
      await agents?.close();
      display.close();
    }
    if (held === null) throw broken;
    const shown = selected.redactRecord(result);
    await metrics?.close(shown);
    try {
      writeReports(shown, held.directory, formats, exitCodes.notWritten);
    } finally {
      const isPrinted = printReports(shown, formats, { full: args.full, directory: out });
      if (!isPrinted) printNote(`Result: ${out}\n`); // the terminal's report ends with it
    }
    if (broken !== null) throw broken;
    return exitCodeOf(result);
  } catch (error) {
    if (!(error instanceof UnstoredResultError)) throw error;
    const folder = keepUnstored(selected.redactRecord(error.result), resolve(out));
    printNote(folder === null ? 'The result could be kept nowhere.\n' : `The result is kept in ${folder}\n`);
    throw error;
  } finally {
    await metrics?.close(null);
    await held?.close();
  }
}

async function openStore(
  { resume }: RunArguments,
  out: string,
  { plan, redactRecord }: OpenedScenario,
  note: (text: string) => void,
) {
  if (resume === undefined) return { store: await ResultStore.open(out, note, redactRecord), earlier: undefined };
  const { store, earlier } = await ResultStore.reopen(resume, redactRecord);
  try {
    requireSamePlan(resume, plan, earlier);
  } catch (error) {
    await store.close();
    throw error;
  }
  note(`going on with ${resume}: ${earlier.trials.length} of ${earlier.run.trialsPlanned} trials are there`);
  return { store, earlier };
}

/** Trials of different plans do not stand beside each other. */
function requireSamePlan(resume: string, plan: Scenario, earlier: RunResult): void {
  if (earlier.capacity === undefined && isDeepStrictEqual(JSON.parse(JSON.stringify(plan)), earlier.plan)) return;
  const [why, hint] =
    earlier.capacity === undefined
      ? [
          'it is of another scenario, or of other options',
          'Give the same file and options, or start anew without --resume.',
        ]
      : ['a search for the highest rate goes by what it sees on the way', 'Start it anew, without --resume.'];
  throw new BenchError('cannotResume', `${resume} cannot be resumed: ${why}`, { hint, exitCode: exitCodes.usage });
}

function samplesElsewhere(): BenchError {
  return usageError(
    '--format samples is not to be had with --agents',
    'Each agent would write a file of its own host; take a run without agents for it.',
  );
}

/** `names`: what targets take; what comes with this package is none of it. */
export async function ensureBesideStack(names: ReadonlySet<string>, install: InstallOptions): Promise<EnginePaths> {
  const wanted = besideStack.filter((name) => names.has(name));
  return wanted.length === 0 ? {} : ensurePrograms(wanted, install);
}

/** An interrupt outranks all, then a threshold that ended a trial; an invalid trial outranks a failed threshold, which rests on it. */
function exitCodeOf(result: RunResult): number {
  if (result.status === 'interrupted') return exitCodes.interrupted;
  if (result.trials.some(({ stoppedByThreshold }) => stoppedByThreshold !== undefined)) return exitCodes.threshold;
  const invalid = result.trials.some(({ purpose, verdict }) => purpose === undefined && verdict.status === 'invalid');
  if (invalid || result.thresholds.some(({ status }) => status === 'noData')) return exitCodes.invalid;
  return result.thresholds.some(({ status }) => status === 'fail') ? exitCodes.threshold : exitCodes.done;
}
