/** `bench stack up|status|down`: the brokers and Toxiproxy on their own. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { ExternalAddresses } from '../targets/stack/external-stack.ts';
import { forgetKeptStack, readKeptStack, writeKeptStack } from '../targets/stack/kept-stack.ts';
import { runsDirectory } from '../targets/stack/run-directory.ts';
import type { RunningStack } from '../targets/stack/stack.ts';
import { startStack } from '../targets/stack/start-stack.ts';
import { confirmInstall } from './confirm-install.ts';
import { interruptSignal } from './interrupt-signal.ts';

interface StackCommandArguments {
  readonly action: 'up' | 'status' | 'down';
  readonly yes: boolean;
  readonly foreground: boolean;
}

const upDeadlineMs = 300_000;
const downDeadlineMs = 30_000;

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
      .option('foreground', { type: 'boolean', default: false, describe: 'with up: stay, and end it with Ctrl-C' }),
  handler: async (args) => {
    if (args.action === 'up') await (args.foreground ? keep(args.yes) : up(args.yes));
    else if (args.action === 'status') await status();
    else await down();
  },
};

/** A process of its own keeps the parts, so that they end with it and never outlive it. */
async function up(yes: boolean): Promise<void> {
  if ((await readKeptStack()) !== null) return status();
  mkdirSync(runsDirectory(), { recursive: true, mode: 0o700 });
  const logPath = join(runsDirectory(), 'keeper.log');
  const log = openSync(logPath, 'w');
  const args = [process.argv[1] ?? '', 'stack', 'up', '--foreground', ...(yes ? ['--yes'] : [])];
  const keeper = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  keeper.unref();
  for (let waitedMs = 0; waitedMs < upDeadlineMs; waitedMs += 100) {
    if ((await readKeptStack()) !== null) return status();
    if (keeper.exitCode !== null) {
      const words = readFileSync(logPath, 'utf8').trim();
      throw new BenchError('stackUp', 'The stack could not be brought up', { hint: words, exitCode: exitCodes.stack });
    }
    await sleep(100);
  }
  keeper.kill('SIGTERM');
  throw new BenchError('stackUp', 'The stack was not up in time', {
    hint: `Its log: ${logPath}`,
    exitCode: exitCodes.stack,
  });
}

async function keep(yes: boolean): Promise<void> {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const signal = interruptSignal(log);
  const needs = { toxiproxy: true, rabbitmq: true, kafka: true };
  let stack: RunningStack | null = null;
  try {
    stack = await startStack({ mode: 'native', needs, confirm: confirmInstall(yes), log, signal });
    await writeKeptStack(stack.versions, addressesOf(stack));
    await status();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (stack !== null) await forgetKeptStack();
    await stack?.down();
  }
}

/** Kafka's proxies are made by whoever uses the stack, at the addresses that Kafka advertises. */
function addressesOf({ toxiproxy, brokers }: RunningStack): ExternalAddresses {
  const { rabbitmq, kafka } = brokers;
  const { client, service } = kafka?.links ?? {};
  return {
    ...(toxiproxy !== null && { toxiproxy: toxiproxy.apiUrl }),
    ...(rabbitmq !== undefined && { rabbitmq: rabbitmq.directAddress }),
    ...(kafka !== undefined && { kafka: kafka.directAddress }),
    ...(client !== undefined &&
      service !== undefined && {
        kafkaLinks: {
          client: { listen: client.address, upstream: client.upstream },
          service: { listen: service.address, upstream: service.upstream },
        },
      }),
  };
}

async function status(): Promise<void> {
  const kept = await readKeptStack();
  if (kept === null) {
    process.stdout.write('No stack is up. `bench stack up` starts one.\n');
    return;
  }
  const { toxiproxy, rabbitmq, kafka } = kept.addresses;
  const line = (name: string, address: string | undefined) =>
    address === undefined ? [] : [`  ${name.padEnd(10)} ${(kept.versions[name] ?? '').padEnd(8)} ${address}`];
  const lines = [...line('toxiproxy', toxiproxy), ...line('rabbitmq', rabbitmq), ...line('kafka', kafka)];
  process.stdout.write(
    `Up, kept by process ${kept.keeper}:\n${lines.join('\n')}\nUse it with: bench run <scenario> --stack external\n`,
  );
}

async function down(): Promise<void> {
  const kept = await readKeptStack();
  if (kept === null) {
    process.stdout.write('No stack is up.\n');
    return;
  }
  process.kill(kept.keeper, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < downDeadlineMs; waitedMs += 100) {
    if ((await readKeptStack()) === null) {
      process.stdout.write('The stack is down.\n');
      return;
    }
    await sleep(100);
  }
  throw new BenchError('stackDown', `Process ${kept.keeper} did not end`, {
    hint: `End it with: kill -9 ${kept.keeper}`,
    exitCode: exitCodes.stack,
  });
}
