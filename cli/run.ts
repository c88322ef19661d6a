/** `bench run <scenario>`: the main job. */
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { exitCodes } from '../result/bench-error.ts';
import type { RunResult } from '../result/result-types.ts';
import type { EnginePaths } from '../runners/engines/engine-trial.ts';
import { ResultStore } from '../runners/result-store.ts';
import { runScenario } from '../runners/run-scenario.ts';
import { ensurePrograms, type InstallOptions } from '../targets/stack/install.ts';
import type { StackNeeds } from '../targets/stack/stack.ts';
import { startStack } from '../targets/stack/start-stack.ts';
import { confirmInstall } from './confirm-install.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { createLiveDisplay } from './live-display.ts';
import { openScenario, type ScenarioArguments, scenarioOptions } from './scenario-options.ts';
import { externalAddresses, type StackArguments, stackOptions } from './stack-arguments.ts';
import { formatNames, parseFormats, printReport, writeReports } from './write-reports.ts';

interface RunArguments extends ScenarioArguments, StackArguments {
  readonly scenario: string;
  readonly out: string | undefined;
  readonly format: string;
}

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run <scenario>',
  describe: 'play a scenario over its targets and compare them',
  builder: (parser) =>
    parser
      .positional('scenario', { type: 'string', demandOption: true, describe: 'scenario file' })
      .options(scenarioOptions)
      .options(stackOptions)
      .option('out', {
        type: 'string',
        nargs: 1,
        describe: 'the result folder (default: results/<scenario>-<UTC time>)',
      })
      .option('format', {
        type: 'string',
        nargs: 1,
        default: 'terminal,json,html,hlog',
        describe: `reports to write: ${formatNames.join(', ')}`,
      }),
  handler: async (args) => {
    process.exitCode = await run(args);
  },
};

async function run(args: RunArguments): Promise<number> {
  const selected = openScenario(args.scenario, args);
  const formats = parseFormats(args.format);
  const { scenario } = selected;
  const out = args.out ?? join('results', `${scenario.name}-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`);
  const display = createLiveDisplay({ stream: process.stderr });
  const note = (text: string) => display.event({ type: 'message', text });
  const signal = interruptSignal(note);
  let result: RunResult;
  try {
    if (scenario.question !== undefined) note(scenario.question);
    for (const text of selected.notes) note(text);
    const store = await ResultStore.open(out, note);
    await store.write('scenario.yaml', selected.text);
    const install = { confirm: confirmInstall(args.yes), log: note, signal };
    const external = await externalAddresses(args);
    result = await runScenario({
      scenario,
      plan: selected.plan,
      store,
      emit: (event) => display.event(event),
      startStack: (needs: StackNeeds) =>
        startStack({ ...install, mode: args.stack, needs, external, allowHosts: scenario.allowHosts }),
      ensureEngines: (engines) => ensureEngines(engines, install),
      signal,
    });
  } finally {
    display.close();
  }
  await writeReports(result, out, formats);
  if (formats.includes('terminal')) printReport(result);
  process.stderr.write(`Result: ${out}\n`);
  return exitCodeOf(result);
}

async function ensureEngines(engines: ReadonlySet<string>, install: InstallOptions): Promise<EnginePaths> {
  return engines.has('ghz') ? ensurePrograms(['ghz'], install) : {};
}

/** An interrupt outranks all; an invalid trial outranks a failed threshold, which rests on it. */
export function exitCodeOf(result: RunResult): number {
  if (result.status === 'interrupted') return exitCodes.interrupted;
  const invalid = result.trials.some(({ purpose, verdict }) => purpose === undefined && verdict.status === 'invalid');
  if (invalid || result.thresholds.some(({ status }) => status === 'noData')) return exitCodes.invalid;
  return result.thresholds.some(({ status }) => status === 'fail') ? exitCodes.threshold : exitCodes.done;
}
