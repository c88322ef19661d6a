/** `bench calibrate`: how true and how fast the generator is on this machine. */

import type { CommandModule } from 'yargs';
import { renderCalibration } from '../reports/terminal/calibration.ts';
import { exitCodes } from '../result/bench-error.ts';
import type { CalibrationResult } from '../result/calibration-result.ts';
import { cleanTexts } from '../result/printable.ts';
import { protocols } from '../result/result-types.ts';
import { calibrate } from '../runners/calibrate/calibrate.ts';
import { fullPlan, quickPlan } from '../runners/calibrate/calibration-plan.ts';
import { startStack } from '../targets/stack/start-stack.ts';
import { confirmInstall } from './confirm-install.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { printNote } from './print.ts';
import { externalAddresses, type StackArguments, stackOptions } from './stack-arguments.ts';
import { useColour } from './write-reports.ts';

interface CalibrateArguments extends StackArguments {
  readonly protocol: readonly (typeof protocols)[number][];
  readonly quick: boolean;
  readonly json: boolean;
}

export const calibrateCommand: CommandModule<object, CalibrateArguments> = {
  command: 'calibrate',
  describe: 'how true and how fast the generator is on this machine',
  builder: (parser) =>
    parser
      .option('protocol', {
        alias: 'target',
        array: true,
        nargs: 1,
        choices: protocols,
        default: protocols,
        describe: 'only this protocol (again for more)',
      })
      .option('quick', { type: 'boolean', default: false, describe: 'shorter trials, coarser figures' })
      .option('json', { type: 'boolean', default: false, describe: 'as JSON' })
      .options(stackOptions),
  handler: async (args) => {
    process.exitCode = await run(args);
  },
};

async function run(args: CalibrateArguments): Promise<number> {
  const note = (line: string) => printNote(`${line}\n`);
  const signal = interruptSignal(note);
  const external = await externalAddresses(args);
  const result = await calibrate({
    protocols: protocols.filter((protocol) => args.protocol.includes(protocol)),
    plan: args.quick ? quickPlan : fullPlan,
    note,
    startStack: (needs, abort) =>
      startStack({
        ...{ mode: args.stack, needs, external, allowHosts: [], confirm: confirmInstall(args.yes), log: note },
        signal: abort,
      }),
    signal,
  });
  const colour = useColour(process.stdout);
  const text = () => renderCalibration(cleanTexts(result), { colour, width: process.stdout.columns ?? 160 });
  process.stdout.write(args.json ? `${JSON.stringify(result, null, 2)}\n` : text());
  return exitCodeOf(result);
}

/** Rates beyond the machine are looked for, so only the checks of the truth count. */
function exitCodeOf({ status, delays }: CalibrationResult): number {
  if (status === 'interrupted') return exitCodes.interrupted;
  return delays.some(({ verdict }) => verdict.status === 'invalid') ? exitCodes.invalid : exitCodes.done;
}
