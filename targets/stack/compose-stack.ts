/** The same parts by `docker compose`, from docker-compose.yml at the top of the project. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { startExternalStack } from './external-stack.ts';
import type { RunningStack, StackNeeds } from './stack.ts';
import { composePorts } from './stack-settings.ts';

const run = promisify(execFile);
const upDeadlineMs = 300_000;
const composeFile = join(import.meta.dirname, '..', '..', 'docker-compose.yml');

/** Whether a Docker engine answers, not only its client. */
export async function hasComposeEngine(): Promise<boolean> {
  try {
    await run('docker', ['compose', 'version'], { timeout: 5_000 });
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

/** Rejects with a BenchError (exit 3) that holds compose's own words. The ports are fixed: one such stack a machine. */
export async function startComposeStack(
  needs: StackNeeds,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<RunningStack> {
  const project = `wirebench-${process.pid}`;
  const services = (['toxiproxy', 'rabbitmq', 'kafka'] as const).filter((name) => needs[name]);
  const compose = (args: readonly string[], bound?: AbortSignal) =>
    run('docker', ['compose', '-f', composeFile, '-p', project, ...args], {
      timeout: upDeadlineMs,
      ...(bound && { signal: bound }),
    });
  const remove = async () => void (await compose(['down', '--volumes', '--remove-orphans']).catch(() => undefined));
  log(`docker compose up: ${services.join(', ')}`);
  try {
    await compose(['up', '--detach', '--wait', ...services], signal);
    const local = (port: number) => `127.0.0.1:${port}`;
    const { kafkaClientLink, kafkaClientUpstream, kafkaServiceLink, kafkaServiceUpstream } = composePorts;
    const stack = await startExternalStack(
      needs,
      {
        ...(needs.toxiproxy && { toxiproxy: `http://${local(composePorts.toxiproxy)}` }),
        rabbitmq: local(composePorts.rabbitmq),
        kafka: local(composePorts.kafka),
        kafkaLinks: {
          client: { listen: local(kafkaClientLink), upstream: local(kafkaClientUpstream) },
          service: { listen: local(kafkaServiceLink), upstream: local(kafkaServiceUpstream) },
        },
      },
      { confirm: async () => false, log, signal },
    );
    const down = async () => {
      await stack.down();
      await remove();
    };
    return { ...stack, mode: 'compose', down };
  } catch (cause) {
    await remove();
    signal.throwIfAborted();
    if (cause instanceof BenchError) throw cause;
    const why = cause instanceof Error ? ((cause as { stderr?: string }).stderr ?? cause.message) : String(cause);
    throw new BenchError('composeFailed', `docker compose could not bring the stack up: ${why.trim()}`, {
      hint: 'Look at `docker compose ps` and `docker compose logs`, or use --stack native.',
      exitCode: exitCodes.stack,
      cause,
    });
  }
}
