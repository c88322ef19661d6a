/** `bench try <scenario>`: each request of own systems once, with its answer and what is made of it. */

import { stringify } from 'yaml';
import type { CommandModule } from 'yargs';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { type TriedRequest, tryRequests } from '../runners/try-requests.ts';
import { outcomes } from '../targets/driver.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { print, printNote } from './print.ts';
import { openScenario, type ScenarioArguments, scenarioOptions } from './scenario-options.ts';

interface TryArguments extends ScenarioArguments {
  readonly scenario: string;
  readonly operation?: readonly string[] | undefined;
}

const { target, set } = scenarioOptions;

export const tryCommand: CommandModule<object, TryArguments> = {
  command: 'try <scenario>',
  describe: 'send each request of own systems once, and print what comes back',
  builder: (parser) =>
    parser
      .positional('scenario', { type: 'string', demandOption: true, describe: 'scenario file' })
      .options({ target, set })
      .option('operation', { ...target, describe: 'only this operation (again for more)' }),
  handler: async (args) => {
    const { scenario, notes } = openScenario(args.scenario, args);
    for (const note of notes) printNote(`${note}\n`);
    const { operation: operations = [] } = args;
    const unknown = operations.find((name) => !Object.hasOwn(scenario.workload.operations, name));
    if (unknown !== undefined) {
      throw new BenchError('unknownOperation', `--operation ${unknown}: the workload has no such operation`, {
        hint: `There is ${Object.keys(scenario.workload.operations).join(', ')}.`,
        exitCode: exitCodes.usage,
      });
    }
    if (Object.values(scenario.targets).some(({ address, via }) => address !== undefined && via === 'toxiproxy')) {
      printNote('each request goes straight to its system, not through Toxiproxy\n');
    }
    let failed = 0;
    const tried = (request: TriedRequest) => {
      if (request.outcome !== outcomes.ok) failed++;
      print(textOf(request));
    };
    await tryRequests(
      scenario,
      operations,
      tried,
      interruptSignal((line) => printNote(`${line}\n`)),
    );
    if (failed > 0) process.exitCode = exitCodes.threshold;
  },
};

const words = Object.fromEntries(Object.entries(outcomes).map(([name, value]) => [value, name]));

function textOf({ target, operation, request, outcome, reason, completion, tookMs, answer }: TriedRequest): string {
  const verdict = outcome === outcomes.ok ? `ok, ${completion}` : `${words[outcome]}: ${reason}`;
  const said = [answer?.head ?? '', answer?.body ?? ''].filter((text) => text !== '').join('\n\n');
  return [
    `${target} · ${operation}`,
    '  sent',
    indented(stringify(request, { lineWidth: 0 }).trimEnd()),
    ...(said === '' ? [] : ['  answered', indented(said)]),
    `  ${verdict} (${tookMs.toFixed(1)} ms)`,
    '',
    '',
  ].join('\n');
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}
