/** What an agent tells of the machine that it runs on. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { AgentHost } from './agent-messages.ts';

export function describeHost(): AgentHost {
  return {
    hostname: os.hostname(),
    bootId: bootId(),
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    node: process.versions.node,
  };
}

/** Elsewhere than on Linux the name of the host must do. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return os.hostname();
  }
}

/** Time in which this process's cgroup was not let run, µs; null: not known. */
export function throttledUs(): number | null {
  for (const [path, field, perUs] of [
    ['/sys/fs/cgroup/cpu.stat', 'throttled_usec', 1],
    ['/sys/fs/cgroup/cpu/cpu.stat', 'throttled_time', 1e3],
  ] as const) {
    try {
      const found = new RegExp(`^${field} (\\d+)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1];
      if (found !== undefined) return Number(found) / perUs;
    } catch {
      // Not that kind of cgroup.
    }
  }
  return null;
}
