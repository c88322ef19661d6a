/** The command line of `bench`: which commands there are, and how it speaks. */
import yargs, { type CommandModule } from 'yargs';
import { BenchError, exitCodeMeanings, exitCodes } from '../result/bench-error.ts';
import { agentCommand } from './agent.ts';
import { agentsCommand } from './agents-manifest.ts';
import { calibrateCommand } from './calibrate.ts';
import { compareCommand } from './compare.ts';
import { decideCommand } from './decide.ts';
import { doctorCommand } from './doctor.ts';
import { historyCommand } from './history.ts';
import { initCommand } from './init.ts';
import { planCommand } from './plan.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { stackCommand } from './stack.ts';
import { tryCommand } from './try.ts';
import { tuneCommand } from './tune.ts';
import { usageError } from './usage-error.ts';
import { validateCommand } from './validate.ts';
import { version } from './version.ts';

/** Code of the error for words that are no command line of ours. */
export const wrongArguments = 'commandLine';

const commands = [
  runCommand,
  initCommand,
  validateCommand,
  tryCommand,
  planCommand,
  reportCommand,
  compareCommand,
  decideCommand,
  historyCommand,
  tuneCommand,
  calibrateCommand,
  stackCommand,
  agentCommand,
  agentsCommand,
  doctorCommand,
] as unknown as readonly CommandModule[];

const epilogue = `Exit codes:
${Object.entries(exitCodes)
  .map(([name, code]) => `  ${String(code).padEnd(5)}${exitCodeMeanings[name as keyof typeof exitCodes]}`)
  .join('\n')}

Where brokers and Toxiproxy come from (--stack):
  auto      the addresses that are given, else native programs, else docker compose, else what is missing is installed
  native    programs of this machine, started for the run
  compose   docker-compose.yml
  external  all of them given by their addresses`;

/** Throws a BenchError (exit 2). */
function loadEnvFile(path: string): void {
  try {
    process.loadEnvFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read: ${code ?? String(cause)}`;
    throw new BenchError(wrongArguments, `--env-file: ${path} ${why}`, { exitCode: exitCodes.usage, cause });
  }
}

/** As it is written on the command line. */
function inKebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `isDry`: what the words mean is checked, and nothing done. */
export function createParser(args: readonly string[], { isDry = false } = {}) {
  const parser = yargs(args)
    .scriptName('bench')
    .usage('$0 <command>\n\nOne workload over REST, gRPC, WebSocket, a queue and a stream, measured the same way.');
  parser
    .option('env-file', {
      ...{ type: 'string', nargs: 1, global: true },
      describe: 'file of NAME=value lines, for values that scenarios take of the environment; what is set already wins',
    })
    .middleware(({ envFile }) => {
      if (typeof envFile === 'string' && !isDry) loadEnvFile(envFile);
    });
  // An option that is given again has its values in a list, which no command that knows one value looks for.
  parser.check((given, { array: lists = [] }) => {
    const twice = Object.keys(given).find((name) => {
      return name !== '_' && Array.isArray(given[name]) && !(lists as readonly string[]).includes(inKebabCase(name));
    });
    if (twice !== undefined) throw usageError(`--${inKebabCase(twice)} is given more than once`, 'Give it once.');
    return true;
  }, true);
  for (const command of commands) {
    const { builder } = command;
    parser.command({
      ...command,
      // The help of a command has none of what is set for all.
      ...(typeof builder === 'function' && { builder: (own) => (builder(own) as typeof own).epilogue(epilogue) }),
      ...(isDry && { handler: () => undefined }),
    });
  }
  return parser
    .completion('completion', 'print a shell completion script')
    .demandCommand(1, 'Name a command; `bench --help` lists them.')
    .strict()
    .version(version)
    .help()
    .alias('help', 'h')
    .epilogue(epilogue)
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .exitProcess(false)
    .fail((message, error) => {
      if (error && error.name !== parserError) throw error;
      throw new BenchError(wrongArguments, withoutValue(error?.message ?? message), { exitCode: exitCodes.usage });
    });
}

/** What yargs throws, instead of telling it, of an option without its value: a word that begins with - is none. */
const parserError = 'YError';

function withoutValue(message: string): string {
  const option = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  return option === undefined ? message : `--${option} needs a value`;
}
