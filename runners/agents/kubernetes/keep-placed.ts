/** Agents in a cluster for as long as a run lasts: a Job that has lost a pod is over, and the next trial has another one. */
import type { AgentsJob } from './kubernetes-job.ts';
import { type PlacedPods, type PlacePodsOptions, placePods } from './place-pods.ts';

export interface KeptPods {
  /** Before agents are waited for. Rejects with a BenchError (exit 3). */
  place(): Promise<void>;
  troubles(): readonly string[];
  remove(): Promise<void>;
}

export function keepPlaced(options: PlacePodsOptions): KeptPods {
  let placed: PlacedPods | null = null;
  let jobs = 0;
  return {
    async place() {
      if (placed !== null && !placed.hasFailed()) return;
      if (placed !== null) {
        options.note('a pod of the job has ended, and the job with it: its agents are placed again');
        await placed.remove();
      }
      placed = await placePods({ ...options, job: numbered(options.job, ++jobs) });
    },
    troubles: () => placed?.troubles() ?? [],
    remove: async () => placed?.remove(),
  };
}

/** Names of their own: what is left of an earlier one may still be going. */
function numbered(job: AgentsJob, n: number): AgentsJob {
  return n === 1 ? job : { ...job, name: `${job.name}-${n}`, secret: `${job.secret}-${n}` };
}
