/** Starts the program of a gateway on configuration made for it, and resolves when it takes connections. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { type SupervisedProcess, startProcess } from '../process/supervised-process.ts';
import type { GatewayPlan } from './gateway-kind.ts';
import { gatewayKinds } from './gateway-kinds.ts';

const startDeadlineMs = 20_000;
const checkDeadlineMs = 20_000;

export interface RunningGateway {
  readonly address: string;
  readonly process: SupervisedProcess;
  /** On the same configuration; resolved when it takes connections again. */
  restart(): Promise<void>;
}

/** `path`: of the program. Rejects with a BenchError (exit 3) that holds what the program itself said. */
export async function startGateway(path: string, plan: GatewayPlan): Promise<RunningGateway> {
  const kind = gatewayKinds[plan.settings.kind];
  if (await answersConnection(plan.port)) throw portTaken(kind.program.title, plan.port);
  mkdirSync(plan.directory, { recursive: true });
  const files = Object.entries(kind.configure(plan));
  for (const [name, text] of files) writeFileSync(join(plan.directory, name), text, { mode: 0o600 });
  const configuration = join(plan.directory, files[0]?.[0] ?? '');
  await checkConfiguration(kind.program.title, kind.check(path, configuration, plan), configuration);
  const { command, args } = kind.start(path, configuration, plan);
  const logPath = join(plan.directory, `${plan.settings.kind}.log`);
  const child = await startProcess({
    name: kind.program.title,
    command,
    args: [...args],
    logPath,
    cwd: plan.directory,
  });
  const ready = () => untilItListens(child, plan.port);
  try {
    await ready();
  } catch (error) {
    await child.kill();
    throw error;
  }
  return {
    address: `127.0.0.1:${plan.port}`,
    process: child,
    async restart() {
      await child.restart();
      await ready();
    },
  };
}

function checkConfiguration(
  title: string,
  { command, args }: { command: string; args: readonly string[] },
  configuration: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { timeout: checkDeadlineMs, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) return resolve();
      const said = `${stdout}${stderr}`.trim() || error.message;
      reject(
        new BenchError('gatewayRefused', `${title} refuses its configuration: ${tellingLine(said)}`, {
          hint: `All that it said of ${configuration}:\n${said}`,
          exitCode: exitCodes.stack,
          cause: error,
        }),
      );
    });
  });
}

/** Some say first who they are. */
function tellingLine(said: string): string {
  const lines = said.split('\n');
  return lines.find((line) => /emerg|alert|critical|error/i.test(line)) ?? lines[0] ?? '';
}

async function untilItListens(child: SupervisedProcess, port: number): Promise<void> {
  const deadline = performance.now() + startDeadlineMs;
  for (;;) {
    if (child.exit !== null) throw notReady(child, `ended with ${child.exit.signal ?? `code ${child.exit.code}`}`);
    if (await answersConnection(port)) return;
    if (performance.now() > deadline) throw notReady(child, `took no connection within ${startDeadlineMs / 1e3} s`);
    await sleep(20);
  }
}

function answersConnection(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.setTimeout(1_000, () => end(false));
  });
}

function portTaken(title: string, port: number): BenchError {
  return new BenchError('portTaken', `${title} cannot listen on 127.0.0.1:${port}: another program does`, {
    hint: `See who by: ss -ltnp 'sport = :${port}'`,
    exitCode: exitCodes.stack,
  });
}

function notReady(child: SupervisedProcess, why: string): BenchError {
  const tail = child.logTail();
  return new BenchError('gatewayNotReady', `The gateway ${child.name} ${why}`, {
    hint: tail === '' ? `Its log, ${child.logPath}, is empty.` : `The end of its log, ${child.logPath}:\n${tail}`,
    exitCode: exitCodes.stack,
  });
}
