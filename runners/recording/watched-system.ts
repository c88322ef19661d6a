/** What a user's own system uses and says of itself, read from outside: a process, a control group, or Prometheus metrics. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { WatchSettings } from '../../scenarios/scenario.ts';
import { treeCpuUs, treeResidentBytes } from '../../targets/process/process-tree.ts';
import { readMetrics, sumOf } from './prometheus-text.ts';

/** null: it does not say. */
export interface WatchReading {
  /** Since some moment before; of the process with its descendants, or of all in the group. */
  readonly cpuUs: number | null;
  readonly memoryBytes: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
}

const nothing: WatchReading = { cpuUs: null, memoryBytes: null, metrics: {} };
const scrapeDeadlineMs = 2_000;
/** What the client libraries of Prometheus export of their own process. */
const processMetrics = { cpuSeconds: 'process_cpu_seconds_total', memoryBytes: 'process_resident_memory_bytes' };
const groupRoot = '/sys/fs/cgroup';

/** As it is written in the result: `pid 4711`. */
export function watchedText({ pid, cgroup, prometheus }: WatchSettings): string {
  const named = { pid, cgroup, prometheus };
  return Object.entries(named)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
    .join(', ');
}

/** Of several sources the first that says so. What cannot be read just now is null. */
export async function readWatched(settings: WatchSettings, signal: AbortSignal): Promise<WatchReading> {
  const { pid, cgroup } = settings;
  const ofProcess = pid === undefined ? nothing : readProcess(pid);
  const ofGroup = cgroup === undefined ? nothing : readGroup(cgroup);
  const scraped = await scrape(settings, signal).catch(() => nothing);
  const first = (of: 'cpuUs' | 'memoryBytes') => ofProcess[of] ?? ofGroup[of] ?? scraped[of];
  const named = Object.fromEntries((settings.metrics ?? []).map((name) => [name, finite(scraped.metrics[name])]));
  return { cpuUs: first('cpuUs'), memoryBytes: first('memoryBytes'), metrics: named };
}

/** What is none that JSON could hold is not known. */
function finite(value: number | null | undefined): number | null {
  return Number.isFinite(value) ? (value ?? null) : null;
}

/** Before any load. Rejects with a BenchError (exit 2) for what is not there. */
export async function requireWatched(name: string, settings: WatchSettings, signal: AbortSignal): Promise<void> {
  const { pid, cgroup, prometheus, metrics = [] } = settings;
  if (pid !== undefined && readProcess(pid).cpuUs === null)
    throw unwatchable(name, `no process ${pid} can be read here`);
  if (cgroup !== undefined && readGroup(cgroup).cpuUs === null) {
    throw unwatchable(name, `${groupPath(cgroup)} is no control group that can be read`);
  }
  if (prometheus === undefined) return;
  const found = await scrape(settings, signal).catch((error: Error) => {
    throw unwatchable(name, `${prometheus} gives no metrics: ${innermost(error)}`);
  });
  const missing = metrics.filter((metric) => found.metrics[metric] === null);
  if (missing.length > 0) throw unwatchable(name, `${prometheus} has no ${missing.join(', ')}`);
}

function unwatchable(target: string, why: string): BenchError {
  return new BenchError('cannotWatch', `${target}: ${why}`, {
    hint: 'Correct `watch` of the target, or leave it out: CPU and memory of your system are then not known.',
    exitCode: exitCodes.usage,
  });
}

function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}

function readProcess(pid: number): WatchReading {
  return { cpuUs: treeCpuUs(pid), memoryBytes: treeResidentBytes(pid), metrics: {} };
}

/** As systemd and container engines write it, or the folder itself. */
function groupPath(cgroup: string): string {
  return isAbsolute(cgroup) && cgroup.startsWith(groupRoot) ? cgroup : join(groupRoot, cgroup);
}

/** Of version 2, or of version 1 where the folder is that of its cpuacct controller. */
function readGroup(cgroup: string): WatchReading {
  const folder = groupPath(cgroup);
  const number = (file: string, pattern: RegExp) => {
    try {
      const found = pattern.exec(readFileSync(join(folder, file), 'utf8'))?.[1];
      return found === undefined ? null : Number(found);
    } catch {
      return null;
    }
  };
  const nanoseconds = number('cpuacct.usage', /^(\d+)/);
  return {
    cpuUs: number('cpu.stat', /^usage_usec (\d+)/m) ?? (nanoseconds === null ? null : nanoseconds / 1e3),
    memoryBytes: number('memory.current', /^(\d+)/),
    metrics: {},
  };
}

async function scrape({ prometheus, metrics = [] }: WatchSettings, signal: AbortSignal): Promise<WatchReading> {
  if (prometheus === undefined) return nothing;
  const answer = await fetch(prometheus, { signal: AbortSignal.any([signal, AbortSignal.timeout(scrapeDeadlineMs)]) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const samples = readMetrics(await answer.text());
  const cpuSeconds = sumOf(samples, processMetrics.cpuSeconds);
  return {
    cpuUs: cpuSeconds === null ? null : cpuSeconds * 1e6,
    memoryBytes: sumOf(samples, processMetrics.memoryBytes),
    metrics: Object.fromEntries(metrics.map((metric) => [metric, sumOf(samples, metric)])),
  };
}
