/** The stack that `bench stack up` keeps: where it is, and who keeps it. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readProcessStat } from '../process/process-tree.ts';
import type { ExternalAddresses } from './external-stack.ts';
import { runsDirectory } from './run-directory.ts';

export interface KeptStack {
  /** The process that owns the parts: they end with it. */
  readonly keeper: number;
  readonly keeperStartTicks: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly addresses: ExternalAddresses;
}

const keptFile = () => join(runsDirectory(), 'kept-stack.json');

/** null when none is kept, or its keeper is gone. */
export async function readKeptStack(): Promise<KeptStack | null> {
  try {
    const kept = JSON.parse(await readFile(keptFile(), 'utf8')) as KeptStack;
    return readProcessStat(kept.keeper)?.startTicks === kept.keeperStartTicks ? kept : null;
  } catch {
    return null;
  }
}

export async function writeKeptStack(versions: KeptStack['versions'], addresses: ExternalAddresses): Promise<void> {
  const keeperStartTicks = readProcessStat(process.pid)?.startTicks ?? 0;
  const kept: KeptStack = { keeper: process.pid, keeperStartTicks, versions, addresses };
  await writeFile(keptFile(), JSON.stringify(kept));
}

export async function forgetKeptStack(): Promise<void> {
  await rm(keptFile(), { force: true });
}
