/** One child process that is started, watched, paused, killed and never outlives its parent. */

export interface SupervisedProcessOptions {
  /** For messages and logs. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** stdout and stderr go here, appended. */
  readonly logPath: string;
  /** Opens an IPC channel (Node children). */
  readonly ipc?: boolean;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SupervisedProcess {
  readonly name: string;
  /** Of the current incarnation. */
  readonly pid: number;
  readonly logPath: string;
  /** null while it runs. */
  readonly exit: ProcessExit | null;
  /** Called for every end, wanted or not, of every incarnation. Returns an unsubscribe function. */
  onExit(listener: (exit: ProcessExit, expected: boolean) => void): () => void;
  /** SIGSTOP / SIGCONT to the whole process group. */
  pause(): void;
  resume(): void;
  /** SIGKILL to the whole process group; resolves when it is reaped. */
  kill(): Promise<void>;
  /** Starts it again with the same command after it ended. Readiness is the caller's to probe. */
  restart(): Promise<void>;
  /** SIGTERM, then SIGKILL after `graceMs`; a paused process is continued first. Idempotent. */
  stop(graceMs?: number): Promise<void>;
  /** User + system CPU of the process tree so far, microseconds; null when it cannot be read (no /proc). */
  cpuUs(): number | null;
  /** The last lines of the log. */
  logTail(lines?: number): string;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): () => void;
}
