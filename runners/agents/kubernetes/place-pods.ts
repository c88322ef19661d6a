/** Places the agents of a run in a Kubernetes cluster, tells how their pods are, and takes everything away again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl } from './kubectl.ts';
import { type AgentsJob, kubernetesJob, ownedSecret, type SecretKey } from './kubernetes-job.ts';
import { type Pod, type PodState, podState } from './pod-state.ts';

export interface PlacePodsOptions {
  readonly job: AgentsJob;
  /** What goes into the Secret of the job. */
  readonly secret: Readonly<Partial<Record<SecretKey, string>>>;
  readonly kubectl: Kubectl;
  readonly note: (text: string) => void;
  /** A pod makes no load any more: its name, which is its agent's, and how that came. */
  readonly ended: (name: string, why: string) => void;
}

export interface PlacedPods {
  /** Why agents are missing, a sentence each. */
  troubles(): readonly string[];
  /** A pod of it has ended: the cluster ends the others, too. */
  hasFailed(): boolean;
  /** Nothing of the run is left in the cluster. */
  remove(): Promise<void>;
}

const lookMs = 2_000;
const removeMs = 60_000;
/** Of its log: how an agent that failed says why. */
const lastLines = 5;

/** Rejects with a BenchError (exit 3) as kubectl does; nothing is left then. */
export async function placePods(options: PlacePodsOptions): Promise<PlacedPods> {
  const { job, secret, kubectl, note } = options;
  const removal = ['delete', 'job', job.name, '--ignore-not-found', '--cascade=foreground'];
  const remove = async () => {
    await kubectl([...removal, `--timeout=${removeMs / 1e3}s`], { timeoutMs: 2 * removeMs });
  };
  const created = await kubectl(['create', '--output', 'json', '--filename', '-'], {
    input: JSON.stringify(kubernetesJob(job)),
  });
  try {
    // The Job owns it: it goes when the Job goes, even if this process cannot see to it.
    const owned = ownedSecret(job, secret, JSON.parse(created) as { metadata: { uid: string } });
    await kubectl(['create', '--filename', '-'], { input: JSON.stringify(owned) });
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
  note(`${job.agents} pods of the job ${job.name} are asked for`);
  const watch = new PodWatch(options);
  return {
    troubles: () => watch.troubles(),
    hasFailed: () => watch.hasFailed(),
    async remove() {
      watch.stop();
      await remove();
    },
  };
}

class PodWatch {
  readonly #options: PlacePodsOptions;
  readonly #over = new AbortController();
  readonly #toldEnded = new Set<string>();
  readonly #words = new Map<string, string>();
  #states = new Map<string, PodState>();
  #failure: string | null = null;

  constructor(options: PlacePodsOptions) {
    this.#options = options;
    void this.#look();
  }

  stop(): void {
    this.#over.abort();
  }

  troubles(): readonly string[] {
    const { job } = this.#options;
    const troubles = [...this.#states.values()].flatMap(({ name, trouble }) =>
      trouble === null ? [] : [`${name}: ${this.#words.get(name) ?? trouble}`],
    );
    const few = this.#states.size < job.agents;
    return [
      ...troubles,
      ...(few ? [`${this.#states.size} of ${job.agents} pods exist; see: kubectl describe job ${job.name}`] : []),
      ...(this.#failure === null ? [] : [`the pods cannot be seen: ${this.#failure}`]),
    ];
  }

  hasFailed(): boolean {
    return this.#toldEnded.size > 0;
  }

  async #look(): Promise<void> {
    const { job, kubectl } = this.#options;
    const selector = `batch.kubernetes.io/job-name=${job.name}`;
    while (!this.#over.signal.aborted) {
      try {
        const { items } = JSON.parse(await kubectl(['get', 'pods', '--selector', selector, '--output', 'json'])) as {
          items: readonly Pod[];
        };
        this.#failure = null;
        await this.#seen(items.map(podState));
      } catch (error) {
        this.#failure = error instanceof Error ? error.message : String(error);
      }
      await sleep(lookMs, undefined, { signal: this.#over.signal }).catch(() => undefined);
    }
  }

  async #seen(states: readonly PodState[]): Promise<void> {
    if (this.#over.signal.aborted) return;
    const now = new Map(states.map((state) => [state.name, state]));
    for (const { name } of this.#states.values()) {
      if (!now.has(name)) now.set(name, { name, hasEnded: true, trouble: 'it is gone from the cluster' });
    }
    this.#states = now;
    for (const state of now.values()) if (state.hasEnded) await this.#ended(state);
  }

  async #ended({ name, trouble }: PodState): Promise<void> {
    if (this.#toldEnded.has(name)) return;
    this.#toldEnded.add(name);
    const tail = await this.#options.kubectl(['logs', name, `--tail=${lastLines}`]).catch(() => '');
    const said = tail.trim() === '' ? '' : `; it said last: ${tail.trim().replaceAll('\n', ' | ')}`;
    const why = `${trouble ?? 'it ended'}${said}`;
    this.#words.set(name, why);
    if (!this.#over.signal.aborted) this.#options.ended(name, why);
  }
}
