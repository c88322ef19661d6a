/** One child process that is started, watched, paused, killed and never outlives its parent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { isExecutable, onPath } from './on-path.ts';
import { treeCpuUs, treeResidentBytes, treeWrittenBytes } from './process-tree.ts';

export interface SupervisedProcessOptions {
  /** For messages and logs. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** stdout and stderr go here, appended. */
  readonly logPath: string;
  /** Opens an IPC channel (Node children). */
  readonly ipc?: boolean;
  /** Called with the pid of every incarnation, at once: whoever sweeps up after a killed harness goes by it. */
  readonly onSpawn?: (pid: number) => void;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type ExitListener = (exit: ProcessExit, expected: boolean) => void;

const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
/** A parent that ended before the kernel was told to watch it is seen by nobody: then the child does not begin. */
const asOurChild = ['/bin/sh', '-c', '[ "$PPID" = "$0" ] || exit 1; exec "$@"', String(process.pid)];
const living = new Set<SupervisedProcess>();

// The last resort when this process ends without having stopped its children, e.g. by process.exit.
process.on('exit', () => {
  for (const child of living) child.killNow();
});

/** Rejects with a BenchError (exit 3) when the command cannot be started at all. Readiness is the caller's to probe. */
export async function startProcess(options: SupervisedProcessOptions): Promise<SupervisedProcess> {
  const supervised = new SupervisedProcess(options);
  await supervised.restart();
  return supervised;
}

export class SupervisedProcess {
  readonly name: string;
  readonly logPath: string;
  readonly #options: SupervisedProcessOptions;
  readonly #exitListeners = new Set<ExitListener>();
  readonly #messageListeners = new Set<(message: unknown) => void>();
  #child: ChildProcess | null = null;
  #exit: ProcessExit | null = null;
  #ended: Promise<void> = Promise.resolve();
  #endExpected = false;
  /** Of incarnations that have ended. */
  #endedCpuUs = 0;
  #lastCpuUs = 0;

  constructor(options: SupervisedProcessOptions) {
    this.name = options.name;
    this.logPath = options.logPath;
    this.#options = options;
  }

  /** Of the current incarnation. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** null while it runs. */
  get exit(): ProcessExit | null {
    return this.#exit;
  }

  /** Called for every end, wanted or not, of every incarnation. Returns an unsubscribe function. */
  onExit(listener: ExitListener): () => void {
    this.#exitListeners.add(listener);
    return () => void this.#exitListeners.delete(listener);
  }

  /** How the current incarnation ended, when it has. */
  async ended(): Promise<ProcessExit> {
    await this.#ended;
    return this.#exit ?? { code: null, signal: null };
  }

  onMessage(listener: (message: unknown) => void): () => void {
    this.#messageListeners.add(listener);
    return () => void this.#messageListeners.delete(listener);
  }

  /** Starts it (again) with the same command; an incarnation that still runs is killed first. */
  async restart(): Promise<void> {
    if (this.#child !== null && this.#exit === null) await this.kill();
    let child: ChildProcess;
    try {
      child = this.#spawn();
    } catch (cause) {
      throw this.#cannotStart(cause);
    }
    this.#child = child;
    this.#exit = null;
    this.#endExpected = false;
    this.#lastCpuUs = 0;
    const ended = Promise.withResolvers<void>();
    this.#ended = ended.promise;
    child.once('exit', (code, signal) => {
      this.#signal('SIGKILL'); // what is left of its group: a crash must not leave orphans either
      this.#exit = { code, signal };
      this.#endedCpuUs += this.#lastCpuUs;
      this.#lastCpuUs = 0;
      living.delete(this);
      ended.resolve();
      for (const listener of [...this.#exitListeners]) listener(this.#exit, this.#endExpected);
    });
    child.on('message', (message) => {
      for (const listener of [...this.#messageListeners]) listener(message);
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.on('error', (cause) => {
        if (child.pid !== undefined) return; // a message that could not be sent; its end is told by `exit`
        this.#child = null;
        ended.resolve();
        reject(this.#cannotStart(cause));
      });
    });
    living.add(this);
    this.#options.onSpawn?.(this.pid);
  }

  #spawn(): ChildProcess {
    const { command, args, env, cwd, logPath, ipc } = this.#options;
    // Told here, since setpriv itself would start well and then end with a code.
    if (!(command.includes('/') ? isExecutable(command) : onPath(command) !== null)) {
      throw new Error(`${command} is not there or not executable`);
    }
    // The kernel kills the child when the thread that spawned it ends, however it ends.
    const [file, ...rest] =
      setpriv === undefined ? [command, ...args] : [setpriv, '--pdeathsig', 'KILL', ...asOurChild, command, ...args];
    const log = openSync(logPath, 'a');
    try {
      return spawn(file, rest, {
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...process.env, ...env },
        detached: true, // a process group of its own: Ctrl-C in the terminal is the harness's to handle
        stdio: ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      });
    } finally {
      closeSync(log);
    }
  }

  #cannotStart(cause: unknown): BenchError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new BenchError('cannotStart', `${this.name} cannot be started: ${why}`, {
      hint: 'Run `bench doctor` to see what is missing.',
      exitCode: exitCodes.stack,
      cause,
    });
  }

  /** SIGSTOP to the whole process group. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  /** SIGHUP: what reads its settings again then, does. */
  reload(): void {
    this.#signal('SIGHUP');
  }

  /** SIGKILL to the whole process group; resolves when it is reaped. */
  async kill(): Promise<void> {
    if (this.#child === null || this.#exit !== null) return;
    this.killNow();
    await this.#ended;
  }

  /** Without waiting; for the last moments of this process. */
  killNow(): void {
    this.cpuUs();
    this.#endExpected = true;
    this.#signal('SIGKILL');
  }

  /** SIGTERM, then SIGKILL after `graceMs`; a paused process is continued first. Idempotent. */
  async stop(graceMs = 5_000): Promise<void> {
    if (this.#child === null || this.#exit !== null) return;
    this.cpuUs(); // the last look at what it used
    this.#endExpected = true;
    this.#signal('SIGTERM');
    this.#signal('SIGCONT');
    const timer = setTimeout(() => this.#signal('SIGKILL'), graceMs);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Marks the next end as wanted, when something else than `stop` brings it about. */
  expectEnd(): void {
    this.#endExpected = true;
  }

  /** User + system CPU of the process tree so far, microseconds, earlier incarnations included; null without /proc. */
  cpuUs(): number | null {
    if (this.#exit !== null) return this.#endedCpuUs;
    const us = treeCpuUs(this.pid);
    if (us === null) return null;
    this.#lastCpuUs = Math.max(this.#lastCpuUs, us);
    return this.#endedCpuUs + this.#lastCpuUs;
  }

  /** Bytes that the process tree has had written to storage since it began; null once it has ended, and where nobody tells. */
  writtenBytes(): number | null {
    return this.#exit === null ? treeWrittenBytes(this.pid) : null;
  }

  /** Resident memory of the process tree now, bytes; null once it has ended, and without /proc. */
  residentBytes(): number | null {
    return this.#exit === null ? treeResidentBytes(this.pid) : null;
  }

  /** The last lines of the log. */
  logTail(lines = 15): string {
    try {
      return readFileSync(this.logPath, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } catch {
      return '';
    }
  }

  send(message: unknown): void {
    if (this.#child?.connected) this.#child.send(message as object, () => undefined);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid === 0 || this.#exit !== null) return; // reaped: the number may be another's by now
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}
