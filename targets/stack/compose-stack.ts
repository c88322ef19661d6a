/** The same parts by `docker compose`, from docker-compose.yml at the top of the project. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { freePort } from '../process/free-port.ts';
import { isAbandoned, ownerTag } from '../process/process-identity.ts';
import { brokerNames, brokerParts } from './broker-parts.ts';
import { type ExternalAddresses, startExternalStack } from './external-stack.ts';
import { neededBrokers, type RunningStack, type StackNeeds } from './stack.ts';
import { toxiproxyPort } from './stack-settings.ts';

const run = promisify(execFile);
const upDeadlineMs = 300_000; // images may have to be fetched
const downDeadlineMs = 60_000;
const askDeadlineMs = 5_000;

/** Of services beyond the first of a broker. */
export const composeClusterProfile = 'cluster';
/** The ports that docker-compose.yml takes from the environment, and its defaults there; a run picks free ones. */
export const composePorts: Readonly<Record<string, number>> = Object.assign(
  { ...toxiproxyPort },
  ...brokerNames.map((name) => brokerParts[name].compose.ports),
);
export type ComposePorts = typeof composePorts;

export const composeFile = join(import.meta.dirname, '..', '..', 'docker-compose.yml');
/** Always with the profile: what is not named does not start, and `down` passes over what is in a profile that is not on. */
const ofProject = (project: string) => [
  'compose',
  '-f',
  composeFile,
  '--profile',
  composeClusterProfile,
  '-p',
  project,
];
const downNow = ['down', '--volumes', '--remove-orphans', '--timeout', '1'] as const;

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
    run('docker', [...ofProject(project), ...args], {
      env: { ...process.env, ...composeEnvironment(needs, ports) },
      timeout,
      ...(bound && { signal: bound }),
    });
  const remove = async () => {
    await compose(downNow, downDeadlineMs).catch(() =>
      log(`docker compose could not remove it: docker ${ofProject(project).join(' ')} down`),
    );
  };
  const services = composeServices(needs);
  log(`docker compose up: ${services.join(', ')}`);
  try {
    await compose(['up', '--detach', '--wait', ...services], upDeadlineMs, signal);
    const stack = await startExternalStack(needs, composeAddresses(needs, ports), {
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
    await run('docker', [...ofProject(project), ...downNow], { timeout: downDeadlineMs }).catch(() => undefined);
  }
}

async function freeComposePorts(): Promise<ComposePorts> {
  const picked: [string, number][] = [];
  for (const name of Object.keys(composePorts)) picked.push([name, await freePort()]);
  return Object.fromEntries(picked);
}

function composeServices(needs: StackNeeds): string[] {
  const services = neededBrokers(needs).flatMap(([name, members]) => brokerParts[name].compose.services(members));
  return [...(needs.toxiproxy ? ['toxiproxy'] : []), ...services];
}

/** All that docker-compose.yml takes from there: nothing of the caller's own may change what a run compares. */
export function composeEnvironment(needs: StackNeeds, ports: ComposePorts): Record<string, string> {
  const published = Object.entries(ports).map(([name, port]) => [name, String(port)] as const);
  const settings = brokerNames.map((name) => brokerParts[name].compose.environment(needs.brokers[name] ?? 1));
  return Object.assign(Object.fromEntries(published), ...settings);
}

export function composeAddresses(needs: StackNeeds, ports: ComposePorts): ExternalAddresses {
  const local = (name: string) => `127.0.0.1:${ports[name]}`;
  const brokers = neededBrokers(needs).map(([name, members]) => {
    return [name, brokerParts[name].compose.addresses(members, local)] as const;
  });
  return {
    ...(needs.toxiproxy && { toxiproxy: `http://${local('WIREBENCH_TOXIPROXY_PORT')}` }),
    brokers: Object.fromEntries(brokers),
  };
}
