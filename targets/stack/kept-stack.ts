/** The stack that `bench stack up` keeps: where it is, and who keeps it. */
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { type HostLock, tryHostLock } from '../process/host-lock.ts';
import { identify, isAlive, type ProcessIdentity } from '../process/process-identity.ts';
import type { SupervisedProcess } from '../process/supervised-process.ts';
import type { AdvertisedLink, ExternalBroker } from './broker-part.ts';
import { brokerParts } from './broker-parts.ts';
import type { ExternalAddresses } from './external-stack.ts';
import { isOwnDirectory, prepareRunsDirectory, runsDirectory } from './run-directory.ts';
import type { Link, RunningBroker, RunningStack } from './stack.ts';

export interface KeptStack {
  /** The process that owns the parts: they end with it. */
  readonly keeper: ProcessIdentity;
  readonly versions: Readonly<Record<string, string>>;
  readonly addresses: ExternalAddresses;
  /** With its logs. */
  readonly directory: string;
}

const keptFile = () => join(runsDirectory(), 'kept-stack.json');

/** null when none is kept, or its keeper is gone. */
export async function readKeptStack(): Promise<KeptStack | null> {
  if (!(await isOwnDirectory(runsDirectory()))) return null; // its keeper may be told to end: nobody else may name it
  try {
    const kept = JSON.parse(await readFile(keptFile(), 'utf8')) as KeptStack;
    return isAlive(kept.keeper) ? kept : null;
  } catch {
    return null;
  }
}

/** Makes this process the keeper. Rejects with a BenchError (exit 3) while another one is, or is about to be. */
export async function becomeKeeper(base: string = runsDirectory()): Promise<HostLock> {
  const place = createHash('sha256')
    .update(await prepareRunsDirectory(base))
    .digest('hex')
    .slice(0, 16);
  const lock = await tryHostLock(`keeper-${place}`);
  if (lock !== null) return lock;
  throw new BenchError('stackUp', 'Another stack is up, or being brought up', {
    hint: 'See `bench stack status`; `bench stack down` ends it.',
    exitCode: exitCodes.stack,
  });
}

export async function writeKeptStack(stack: RunningStack): Promise<void> {
  const { versions, directory } = stack;
  const kept: KeptStack = { keeper: identify(process.pid), versions, addresses: addressesOf(stack), directory };
  const temporary = `${keptFile()}.new`;
  await writeFile(temporary, JSON.stringify(kept));
  await rename(temporary, keptFile());
}

export async function forgetKeptStack(): Promise<void> {
  await rm(keptFile(), { force: true });
}

/** Resolves when the signal comes. Rejects when a part ended by itself: half a stack is worse than none. */
export function untilStackEnds(
  { processes, directory }: Pick<RunningStack, 'processes' | 'directory'>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const alive = setInterval(() => undefined, 1 << 30); // parts in containers keep no process running
    const end = (finish: () => void) => {
      clearInterval(alive);
      finish();
    };
    const lost = (part: SupervisedProcess) =>
      new BenchError('partLost', `${part.name} ended by itself: the stack is taken down`, {
        hint: `The end of its log, kept in ${directory}:\n${part.logTail()}`,
        exitCode: exitCodes.stack,
      });
    signal.addEventListener('abort', () => end(resolve), { once: true });
    if (signal.aborted) end(resolve);
    for (const part of Object.values(processes)) {
      if (part.exit !== null) end(() => reject(lost(part)));
      part.onExit((_exit, expected) => {
        if (!expected) end(() => reject(lost(part)));
      });
    }
  });
}

/** As a run takes them with `--stack external`. Its own proxies on advertised links are lent to one run at a time. */
function addressesOf({ toxiproxy, brokers, versions }: RunningStack): ExternalAddresses {
  const given = Object.values(brokers).map(({ name, directAddress, links }) => {
    const version = versions[name];
    const advertised = brokerParts[name].advertises ? advertisedLinks(links) : null;
    const broker: ExternalBroker = {
      address: directAddress,
      ...(version !== undefined && { version }),
      ...(advertised !== null && { links: advertised }),
    };
    return [name, broker] as const;
  });
  return {
    ...(toxiproxy !== null && { toxiproxy: toxiproxy.apiUrl }),
    ...(given.length > 0 && { brokers: Object.fromEntries(given) }),
  };
}

function advertisedLinks({ client, service }: RunningBroker['links']): ExternalBroker['links'] | null {
  if (client === undefined || service === undefined) return null;
  const at = ({ address, upstream }: Link): AdvertisedLink => ({ listen: address, upstream });
  return { client: [at(client)], service: [at(service)] };
}
