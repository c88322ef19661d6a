/** The command `bench`: one file a subcommand, errors turned into messages and exit codes here and nowhere else. */
import { hideBin } from 'yargs/helpers';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { allowDial } from '../targets/allow-dial.ts';
import { createParser, wrongArguments } from './create-parser.ts';
import { refusalByMachine } from './machine-refusal.ts';
import { helpCommand, meantArgument } from './meant-argument.ts';
import { printNote, troubleWithOutput, watchStreams } from './print.ts';

watchStreams();
allowDial([]); // until a scenario allows more

function printError(thrown: unknown): number {
  const error = refusalByMachine(thrown) ?? thrown;
  if (error instanceof BenchError) {
    printNote(`bench: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  printNote(`bench: this is a bug of Wirebench, please report it:\n${text}\n`);
  return exitCodes.internal;
}

async function withHint(error: unknown, args: readonly string[]): Promise<unknown> {
  if (!(error instanceof BenchError) || error.code !== wrongArguments || error.hint !== undefined) return error;
  const { message, exitCode } = error;
  const help = (command: string | null) => createParser(command === null ? [] : [command]).getHelp();
  const meant = await meantArgument(message, args, help);
  return new BenchError(wrongArguments, message, {
    hint: `${meant === null ? '' : `${meant} `}See \`${await helpCommand(args, help)}\`.`,
    exitCode,
  });
}

const args = hideBin(process.argv);
try {
  await createParser(args).parseAsync();
} catch (error) {
  process.exitCode = printError(await withHint(error, args));
}

// What is written to a file that takes no more fails after the write.
process.on('exit', (code) => {
  const trouble = troubleWithOutput();
  if (trouble === null) return;
  printNote(`bench: what was printed could not be written: ${trouble.message}\n`);
  if (code !== exitCodes.interrupted) process.exitCode = exitCodes.notWritten;
});
