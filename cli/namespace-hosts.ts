/**
 * For tests: "hosts" on one machine, each a network namespace and a time namespace of its own, on one bridge. A host's
 * monotonic clock is so far ahead of ours that times nobody converted cannot pass for right.
 */
import { spawnSync } from 'node:child_process';

export interface NamespaceHost {
  /** Of its network; only the bridge can be reached from it. */
  readonly address: string;
  /** Starts a command there. */
  readonly within: readonly string[];
}

export interface NamespaceHosts {
  /** Of this machine on the bridge. */
  readonly here: string;
  readonly hosts: readonly NamespaceHost[];
  remove(): void;
}

const secondsAhead = 100_000;

/** Why it cannot be done here, in words. */
export function openNamespaceHosts(count: number): NamespaceHosts | string {
  const tag = `wb${process.pid.toString(36)}`;
  const net = `10.${64 + (process.pid % 64)}.${(process.pid >> 6) % 256}`;
  const made: (readonly string[])[] = [];
  const remove = () => {
    for (const undo of made.toReversed()) spawnSync('ip', undo);
    made.length = 0;
  };
  const ip = (...args: string[]) => {
    const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  };
  try {
    const time = spawnSync('unshare', ['-T', '--monotonic', '1', 'true'], { encoding: 'utf8' });
    if (time.status !== 0) throw new Error(`unshare -T: ${time.error?.message ?? time.stderr.trim()}`);
    ip('link', 'add', tag, 'type', 'bridge');
    made.push(['link', 'del', tag]);
    ip('addr', 'add', `${net}.1/24`, 'dev', tag);
    ip('link', 'set', tag, 'up');
    const hosts = Array.from({ length: count }, (_, n): NamespaceHost => {
      const name = `${tag}-${n}`;
      const address = `${net}.${11 + n}`;
      ip('netns', 'add', name);
      made.push(['netns', 'del', name]);
      ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('link', 'set', name, 'master', tag, 'up');
      ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      for (const device of ['eth0', 'lo']) ip('-n', name, 'link', 'set', device, 'up');
      const ahead = String(secondsAhead * (n + 1));
      return {
        address,
        within: ['ip', 'netns', 'exec', name, 'unshare', '-T', '--monotonic', ahead, '--fork', '--kill-child', '--'],
      };
    });
    return { here: `${net}.1`, hosts, remove };
  } catch (error) {
    remove();
    return error instanceof Error ? error.message : String(error);
  }
}
