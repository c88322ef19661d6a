/** `bench validate`: every problem of every scenario at once; nothing is started. */

import type { CommandModule } from 'yargs';
import { exitCodes } from '../result/bench-error.ts';
import { loadScenario } from '../scenarios/schema/load-scenario.ts';
import { formatProblem } from '../scenarios/schema/problem.ts';
import { several } from './option-shapes.ts';
import { print } from './print.ts';

interface ValidateArguments {
  readonly scenario: readonly string[];
}

export const validateCommand: CommandModule<object, ValidateArguments> = {
  command: 'validate <scenario..>',
  describe: 'print every problem of scenario files, as file:line:column',
  builder: (yargs) => yargs.positional('scenario', { ...several, describe: 'scenario files' }),
  handler: ({ scenario: paths }) => {
    for (const path of paths) {
      const reading = loadScenario(path);
      const lines = reading.ok ? [`${path}: ok`] : reading.problems.map(formatProblem);
      print(`${lines.join('\n')}\n`);
      if (!reading.ok) process.exitCode = exitCodes.usage;
      else for (const note of reading.taking) process.stderr.write(`${path}: ${note}\n`);
    }
  },
};
