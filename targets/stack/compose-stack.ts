/** The same parts by `docker compose`, from docker-compose.yml at the top of the project. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { freePort } from '../process/free-port.ts';
import { isAbandoned, ownerTag } from '../process/process-identity.ts';
import { type ExternalAddresses, startExternalStack } from './external-stack.ts';
import type { RunningStack, StackNeeds } from './stack.ts';
import { type ComposePorts, composePorts, kafkaVersion } from './stack-settings.ts';

const run = promisify(execFile);
const upDeadlineMs = 300_000; // images may have to be fetched
const downDeadlineMs = 60_000;
const askDeadlineMs = 5_000;

export const composeFile = join(import.meta.dirname, '..', '..', 'docker-compose.yml');

/** Whether a Docker engine answers, not only its client. */
export async function hasComposeEngine(): Promise<boolean> {
  try {
    await run('docker', ['compose', 'version'], { timeout: askDeadlineMs });
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: askDeadlineMs });
    return true;
  } catch {
    return false;
  }
}

/** Rejects with a BenchError (exit 3) that holds compose's own words, or with the signal's reason. */
export async function startComposeStack(
  needs: StackNeeds,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<RunningStack> {
  const ports = await freeComposePorts();
  const project = `wirebench-${ownerTag()}`;
  await removeAbandonedProjects(log);
  const compose = (args: readonly string[], timeout: number, bound?: AbortSignal) =>
    run('docker', ['compose', '-f', composeFile, '-p', project, ...args], {
      env: { ...process.env, ...asEnvironment(ports) },
      timeout,
      ...(bound && { signal: bound }),
    });
  const remove = async () => {
    await compose(['down', '--volumes', '--remove-orphans', '--timeout', '1'], downDeadlineMs).catch(() =>
      log(`docker compose could not remove project ${project}: docker compose -p ${project} down`),
    );
  };
  const services = (['toxiproxy', 'rabbitmq', 'kafka'] as const).filter((name) => needs[name]);
  log(`docker compose up: ${services.join(', ')}`);
  try {
    await compose(['up', '--detach', '--wait', ...services], upDeadlineMs, signal);
    const stack = await startExternalStack(needs, addressesOf(needs, ports), {
      confirm: async () => false,
      log,
      signal,
    });
    const down = async () => {
      await stack.down();
      await remove();
    };
    return { ...stack, mode: 'compose', down };
  } catch (cause) {
    await remove();
    signal.throwIfAborted();
    if (cause instanceof BenchError) throw cause;
    const words = cause instanceof Error ? (cause as { stderr?: string }).stderr || cause.message : String(cause);
    throw new BenchError('composeFailed', `docker compose could not bring the stack up: ${words.trim()}`, {
      hint: 'Is an engine running (`docker info`), and is docker compose installed? Or use --stack native.',
      exitCode: exitCodes.stack,
      cause,
    });
  }
}

/** Containers outlive a run that is killed; the next one finds them by the owner in their project's name. */
async function removeAbandonedProjects(log: (line: string) => void): Promise<void> {
  const listed = await run('docker', ['compose', 'ls', '--all', '--quiet'], { timeout: askDeadlineMs }).catch(
    () => null,
  );
  for (const project of listed?.stdout.split('\n') ?? []) {
    if (!project.startsWith('wirebench-') || !isAbandoned(project)) continue;
    log(`removing the abandoned compose project ${project}`);
    const args = ['compose', '-p', project, 'down', '--volumes', '--timeout', '1'];
    await run('docker', args, { timeout: downDeadlineMs }).catch(() => undefined);
  }
}

async function freeComposePorts(): Promise<ComposePorts> {
  const picked: [string, number][] = [];
  for (const name of Object.keys(composePorts)) picked.push([name, await freePort()]);
  return Object.fromEntries(picked) as Record<keyof ComposePorts, number>;
}

function asEnvironment(ports: ComposePorts): Record<string, string> {
  return Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
}

function addressesOf(needs: StackNeeds, ports: ComposePorts): ExternalAddresses {
  const local = (name: keyof ComposePorts) => `127.0.0.1:${ports[name]}`;
  return {
    ...(needs.toxiproxy && { toxiproxy: `http://${local('WIREBENCH_TOXIPROXY_PORT')}` }),
    rabbitmq: local('WIREBENCH_RABBITMQ_PORT'),
    kafka: local('WIREBENCH_KAFKA_PORT'),
    kafkaVersion,
    kafkaLinks: {
      client: [{ listen: local('WIREBENCH_KAFKA_CLIENT_PROXY_PORT'), upstream: local('WIREBENCH_KAFKA_CLIENT_PORT') }],
      service: [
        { listen: local('WIREBENCH_KAFKA_SERVICE_PROXY_PORT'), upstream: local('WIREBENCH_KAFKA_SERVICE_PORT') },
      ],
    },
  };
}
