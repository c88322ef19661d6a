/** `bench tune <scenario>`: tries the settings of its sweep out, and says what the best of them is worth. */
import type { CommandModule } from 'yargs';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { parseObjective } from '../runners/tune/objective.ts';
import { conditionOf, tuneScenario } from '../runners/tune/tune-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { outputOptions, playRun, type RunArguments } from './run.ts';
import { openScenario, scenarioOptions } from './scenario-options.ts';
import { stackOptions } from './stack-arguments.ts';

interface TuneArguments extends RunArguments {
  readonly objective: string;
  readonly finalists: number;
}

const defaultRepeats = 5;

export const tuneCommand: CommandModule<object, TuneArguments> = {
  command: 'tune <scenario>',
  describe: 'try out the settings of a scenario’s sweep, and measure what the best ones are worth',
  builder: (parser) =>
    parser
      .positional('scenario', { type: 'string', demandOption: true, describe: 'scenario file with a sweep' })
      .options({
        ...scenarioOptions,
        repeats: {
          ...scenarioOptions.repeats,
          describe: `how often the finalists are measured (default: ${defaultRepeats})`,
        },
      })
      .options(stackOptions)
      .options(outputOptions)
      .option('objective', {
        type: 'string',
        nargs: 1,
        default: 'minimise p90',
        describe:
          'what to tune for: "minimise" or "maximise", a metric of thresholds (p99, delivered p50, goodput, bytes, cpu, errorRatio …), and what must hold, e.g. "maximise goodput with p99 < 20ms and errorRatio < 1%"',
      })
      .option('finalists', {
        type: 'number',
        nargs: 1,
        default: 3,
        describe: 'variants of each target that are measured again beside the target as written',
      }),
  handler: async (args) => {
    const objective = parseObjective(args.objective);
    const { finalists } = args;
    if (!Number.isInteger(finalists) || finalists < 1) {
      throw usage(`--finalists ${finalists} is no whole number from 1`, 'Three are usual.');
    }
    const selected = openScenario(args.scenario, args);
    requireSweep(selected.scenario);
    const repeats = args.repeats === undefined ? defaultRepeats : selected.scenario.repeats;
    process.exitCode = await playRun(args, selected, (options) =>
      tuneScenario({ ...options, objective, finalists, repeats }),
    );
  },
};

function requireSweep(scenario: Scenario): void {
  if (Object.keys(scenario.sweep).length > 0) return;
  const hint = `Add one, e.g. sweep: { grid: { connections: [ 1, 8, 64 ] } }; tuned is for ${conditionOf(scenario)}.`;
  throw usage(`${scenario.name} has no sweep, so there is nothing to tune`, hint);
}

function usage(message: string, hint: string): BenchError {
  return new BenchError('commandLine', message, { hint, exitCode: exitCodes.usage });
}
