/**
 * Names that one process of this host holds at a time. Linux: sockets in the abstract namespace, which the kernel frees
 * when their holder ends, however it ends, and which are per network namespace, as ports are. Elsewhere they hold within
 * this process only.
 */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 200;
const heldHere = new Set<string>();

export interface HostLock {
  release(): Promise<void>;
}

/** null when another process, or this one, holds the name. */
export async function tryHostLock(name: string): Promise<HostLock | null> {
  if (process.platform !== 'linux') return lockHere(name);
  const server = createServer();
  const held = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen({ path: `\0wirebench-${name}`, exclusive: true }, () => resolve(true));
  });
  if (!held) return null;
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Waits until the name is free. Rejects with the signal's reason. `onWait` is called once, when it is not free at once. */
export async function takeHostLock(name: string, signal: AbortSignal, onWait?: () => void): Promise<HostLock> {
  for (let waited = false; ; waited = true) {
    signal.throwIfAborted();
    const lock = await tryHostLock(name);
    if (lock !== null) return lock;
    if (!waited) onWait?.();
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

function lockHere(name: string): HostLock | null {
  if (heldHere.has(name)) return null;
  heldHere.add(name);
  return { release: async () => void heldHere.delete(name) };
}
