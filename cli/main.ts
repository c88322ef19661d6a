/** The command `bench`: one file a subcommand, errors turned into messages and exit codes here and nowhere else. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { allowDial } from '../targets/allow-dial.ts';
import { calibrateCommand } from './calibrate.ts';
import { doctorCommand } from './doctor.ts';
import { initCommand } from './init.ts';
import { planCommand } from './plan.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { stackCommand } from './stack.ts';
import { tuneCommand } from './tune.ts';
import { validateCommand } from './validate.ts';
import { version } from './version.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done); // `bench … | head` closed the pipe: nobody reads on
  throw error;
});

allowDial([]); // until a scenario allows more

function printError(error: unknown): number {
  if (error instanceof BenchError) {
    process.stderr.write(`bench: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`bench: this is a bug of Wirebench, please report it:\n${text}\n`);
  return exitCodes.internal;
}

const parser = yargs(hideBin(process.argv))
  .scriptName('bench')
  .usage('$0 <command>\n\nOne workload over REST, gRPC, WebSocket, a queue and a stream, measured the same way.')
  .command(runCommand)
  .command(initCommand)
  .command(validateCommand)
  .command(planCommand)
  .command(reportCommand)
  .command(tuneCommand)
  .command(calibrateCommand)
  .command(stackCommand)
  .command(doctorCommand)
  .completion('completion', 'print a shell completion script')
  .demandCommand(1, 'Name a command; `bench --help` lists them.')
  .strict()
  .version(version)
  .help()
  .alias('help', 'h')
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .exitProcess(false)
  .fail((message, error) => {
    if (error) throw error;
    throw new BenchError('commandLine', message, { hint: 'See `bench --help`.', exitCode: exitCodes.usage });
  });

try {
  await parser.parseAsync();
} catch (error) {
  process.exitCode = printError(error);
}
