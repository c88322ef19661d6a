/** `bench stack up|status|down`: the brokers and Toxiproxy on their own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import { isAlive } from '../targets/process/process-identity.ts';
import { brokerNames, brokerParts } from '../targets/stack/broker-parts.ts';
import {
  becomeKeeper,
  forgetKeptStack,
  type KeptStack,
  readKeptStack,
  untilStackEnds,
  writeKeptStack,
} from '../targets/stack/kept-stack.ts';
import { checkParts } from '../targets/stack/part-health.ts';
import { prepareRunsDirectory } from '../targets/stack/run-directory.ts';
import type { RunningStack } from '../targets/stack/stack.ts';
import { prepareStack, type StartStackOptions, startStack } from '../targets/stack/start-stack.ts';
import { confirmInstall } from './confirm-install.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { print, printNote } from './print.ts';
import { optionsFor } from './stack-arguments.ts';

interface StackCommandArguments {
  readonly action: 'up' | 'status' | 'down';
  readonly yes: boolean;
  readonly foreground: boolean;
  readonly json: boolean;
}

const upDeadlineMs = 300_000;
const downDeadlineMs = 30_000;
const pollMs = 100;
/** What few targets ask for is started for those alone. */
const usualBrokers = brokerNames.filter((name) => brokerParts[name].program.withoutIt === undefined);
const everything = { toxiproxy: true, brokers: Object.fromEntries(usualBrokers.map((name) => [name, 1])) };

export const stackCommand: CommandModule<object, StackCommandArguments> = {
  command: 'stack <action>',
  describe: 'the brokers and Toxiproxy on their own',
  builder: (parser) =>
    parser
      .positional('action', { choices: ['up', 'status', 'down'] as const, demandOption: true, describe: 'what to do' })
      .option('yes', {
        alias: 'y',
        type: 'boolean',
        default: false,
        describe: 'install what is missing without asking',
      })
      .option('foreground', { type: 'boolean', default: false, describe: 'with up: stay, and end it with Ctrl-C' })
      .option('json', { type: 'boolean', default: false, describe: 'with status: as JSON' }),
  handler: async ({ action, yes, foreground, json }) => {
    if (action === 'down') await down();
    else if (action === 'status') print(await status(json));
    else process.exitCode = await (foreground ? keep(yes) : up(yes));
  },
};

function stackOptions(yes: boolean): StartStackOptions {
  const log = (line: string) => printNote(`${line}\n`);
  return { mode: 'auto', needs: everything, confirm: confirmInstall(yes), log, signal: interruptSignal(log) };
}

/** A process of its own keeps the parts: they end with it, whatever ends it, and it outlives the terminal. */
async function up(yes: boolean): Promise<number> {
  if ((await readKeptStack()) === null) {
    const options = stackOptions(yes);
    try {
      await prepareStack(options); // here, where somebody may be asked
      options.log('bringing the stack up');
      await startKeeper(options.signal);
    } catch (error) {
      if (options.signal.aborted) return exitCodes.interrupted;
      throw error;
    }
  }
  print(await status(false));
  return exitCodes.done;
}

async function startKeeper(signal: AbortSignal): Promise<void> {
  const logPath = join(await prepareRunsDirectory(), 'keeper.log');
  const log = openSync(logPath, 'w');
  const args = [process.argv[1] ?? '', 'stack', 'up', '--foreground', '--yes'];
  const keeper = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  keeper.unref();
  try {
    await isKept(keeper, logPath, signal);
  } catch (error) {
    keeper.kill('SIGTERM');
    while (keeper.exitCode === null && keeper.signalCode === null) await sleep(pollMs);
    throw error;
  }
}

async function isKept(keeper: ChildProcess, logPath: string, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < upDeadlineMs; waitedMs += pollMs) {
    if ((await readKeptStack())?.keeper.pid === keeper.pid) return;
    if (keeper.exitCode !== null || keeper.signalCode !== null) {
      const words = readFileSync(logPath, 'utf8').trim();
      throw new BenchError('stackUp', 'The stack could not be brought up', { hint: words, exitCode: exitCodes.stack });
    }
    await sleep(pollMs, undefined, { signal });
  }
  throw new BenchError('stackUp', `The stack was not up within ${upDeadlineMs / 1e3} s`, {
    hint: `Its log: ${logPath}`,
    exitCode: exitCodes.stack,
  });
}

async function keep(yes: boolean): Promise<number> {
  const options = stackOptions(yes);
  const lock = await becomeKeeper();
  let stack: RunningStack | null = null;
  try {
    stack = await startStack(options);
    await writeKeptStack(stack);
    print(await status(false));
    await untilStackEnds(stack, options.signal);
    return exitCodes.done;
  } catch (error) {
    if (options.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    await stack?.down();
    if (stack !== null) await forgetKeptStack();
    await lock.release();
  }
}

async function status(json: boolean): Promise<string> {
  const kept = await readKeptStack();
  const parts = kept === null ? [] : await checkParts(kept.addresses);
  if (json) return `${JSON.stringify(kept === null ? { up: false } : { up: true, ...kept, parts }, null, 2)}\n`;
  if (kept === null) return 'No stack is up. `bench stack up` starts one.\n';
  const lines = parts.map(({ name, address, answers }) => {
    const version = kept.versions[name] ?? '';
    return `  ${name.padEnd(10)} ${version.padEnd(8)} ${address.padEnd(24)} ${answers ? 'answers' : 'does not answer'}\n`;
  });
  return `Up, kept by process ${kept.keeper.pid}, logs in ${kept.directory}:\n${lines.join('')}${usage(kept)}`;
}

function usage({ addresses }: KeptStack): string {
  const first = 'Use it with: bench run <scenario> --stack external\n';
  return `${first}From elsewhere add: ${optionsFor(addresses)}\n`;
}

async function down(): Promise<void> {
  const kept = await readKeptStack();
  if (kept === null) {
    print('No stack is up.\n');
    return;
  }
  process.kill(kept.keeper.pid, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < downDeadlineMs; waitedMs += pollMs) {
    if (!isAlive(kept.keeper)) {
      print('The stack is down.\n');
      return;
    }
    await sleep(pollMs);
  }
  throw new BenchError('stackDown', `Process ${kept.keeper.pid} did not end`, {
    hint: `End it with: kill -9 ${kept.keeper.pid}`,
    exitCode: exitCodes.stack,
  });
}
