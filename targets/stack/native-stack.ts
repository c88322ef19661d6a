/** RabbitMQ, Kafka and Toxiproxy as plain processes: free ports, data folders per run, gone with their parent. */
import type { SupervisedProcess } from '../process/supervised-process.ts';
import type { BrokerHost } from './broker-part.ts';
import { brokerParts } from './broker-parts.ts';
import type { PartContext } from './native/start-part.ts';
import { startToxiproxy } from './native/toxiproxy.ts';
import { openProxyLinks, type ProxyLinks, requireLinks } from './proxy-links.ts';
import { createRunDirectory, type RunDirectory } from './run-directory.ts';
import {
  type BrokerName,
  neededBrokers,
  type Processes,
  type ProcessName,
  type RunningBroker,
  type RunningStack,
  type StackNeeds,
} from './stack.ts';
import type { ToxiproxyClient } from './toxiproxy-client.ts';

export type ProgramPaths = Readonly<Partial<Record<'toxiproxy' | BrokerName, string>>>;

/**
 * `toxiproxy`: one that runs already and is used instead of an own; what is opened there is taken away by `down`.
 * Rejects with a BenchError (exit 3) and nothing left running when a part does not get ready, or with the signal's reason.
 */
export async function startNativeStack(
  needs: StackNeeds,
  paths: ProgramPaths,
  signal: AbortSignal,
  toxiproxy: ToxiproxyClient | null = null,
): Promise<RunningStack> {
  const parts = new NativeParts(await createRunDirectory(), paths, signal, toxiproxy);
  try {
    await parts.start(needs);
  } catch (error) {
    await parts.down(signal.aborted ? undefined : 'logs');
    throw error;
  }
  return parts.running();
}

class NativeParts {
  readonly #directory: RunDirectory;
  readonly #paths: ProgramPaths;
  readonly #signal: AbortSignal;
  /** Aborted by the first part that fails, which ends the start of the others. */
  readonly #failing = new AbortController();
  readonly #context: PartContext;
  readonly #processes: Processes = {};
  readonly #helpers: SupervisedProcess[] = [];
  readonly #brokers: Partial<Record<BrokerName, RunningBroker>> = {};
  readonly #versions: Record<string, string> = {};
  readonly #foreign: boolean;
  #links: ProxyLinks | null;
  #partFailed = false;
  #down: Promise<void> | null = null;

  constructor(directory: RunDirectory, paths: ProgramPaths, signal: AbortSignal, toxiproxy: ToxiproxyClient | null) {
    this.#directory = directory;
    this.#paths = paths;
    this.#signal = signal;
    this.#context = {
      directory: directory.path,
      signal: AbortSignal.any([signal, this.#failing.signal]),
      onSpawn: (pid) => directory.note(pid),
    };
    this.#foreign = toxiproxy !== null;
    this.#links = toxiproxy === null ? null : openProxyLinks(toxiproxy);
  }

  async start(needs: StackNeeds): Promise<void> {
    const proxied = needs.toxiproxy && !this.#foreign ? this.#startToxiproxy(needs) : Promise.resolve();
    const begun = [
      proxied,
      ...neededBrokers(needs).map(([name, members]) =>
        this.#startBroker(name, { members, isSecured: needs.secured?.includes(name) ?? false }, proxied),
      ),
    ];
    let first: { error: unknown } | null = null;
    const failed = (error: unknown) => {
      first ??= { error };
      this.#failing.abort();
    };
    await Promise.all(begun.map((part) => part.catch(failed)));
    this.#signal.throwIfAborted();
    if (first !== null) throw (first as { error: unknown }).error;
  }

  async #startToxiproxy({ listenHost }: StackNeeds): Promise<void> {
    const { process, client, version } = await startToxiproxy(this.#paths.toxiproxy ?? '', this.#context);
    this.#keep('toxiproxy', process);
    this.#versions.toxiproxy = version;
    this.#links = openProxyLinks(client, listenHost);
  }

  async #startBroker(
    name: BrokerName,
    wanted: Pick<BrokerHost, 'members' | 'isSecured'>,
    proxied: Promise<void>,
  ): Promise<void> {
    this.#brokers[name] = await brokerParts[name].start({
      path: this.#paths[name] ?? '',
      context: this.#context,
      ...wanted,
      links: async () => {
        await proxied;
        return this.#links;
      },
      keep: (part, process) => this.#keep(part, process),
      keepHelper: (process) => void this.#helpers.push(process),
      version: (text) => {
        this.#versions[name] = text;
      },
    });
  }

  #keep(name: ProcessName, process: SupervisedProcess): void {
    this.#processes[name] = process;
    process.onExit((_exit, expected) => {
      if (!expected) this.#partFailed = true;
    });
  }

  /** Nothing is stopped politely: the data goes with the run, so there is nothing to flush. */
  down(keep?: 'logs'): Promise<void> {
    this.#down ??= (async () => {
      if (this.#foreign) await this.#links?.closeAll();
      const all = [...Object.values(this.#processes), ...this.#helpers];
      await Promise.all(all.map((part) => part.kill()));
      await this.#directory.remove(this.#partFailed ? 'logs' : keep);
    })().catch(() => undefined);
    return this.#down;
  }

  running(): RunningStack {
    return {
      mode: 'native',
      versions: this.#versions,
      toxiproxy: this.#links?.client ?? null,
      brokers: this.#brokers,
      processes: this.#processes,
      directory: this.#directory.path,
      openLink: async (name, upstream) => requireLinks(this.#links).open(name, upstream),
      closeLink: async (link) => requireLinks(this.#links).close(link),
      down: () => this.down(),
    };
  }
}
