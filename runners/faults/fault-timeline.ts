/** Carries out a condition's fault windows on the load's own clock, proves each, and always undoes what it did. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { FaultResult, Protocol } from '../../result/result-types.ts';
import type { FaultWindow, LinkName } from '../../scenarios/scenario.ts';
import type { Link } from '../../targets/stack/stack.ts';
import type { ToxiproxyClient } from '../../targets/stack/toxiproxy-client.ts';
import type { FaultContext, FaultProof } from './fault-kind.ts';
import { faultKind } from './fault-kinds.ts';
import { probeRoundTripUs } from './link-probe.ts';

export interface FaultTimelineOptions {
  readonly protocol: Protocol;
  readonly windows: readonly FaultWindow[];
  readonly links: Readonly<Partial<Record<LinkName, Link>>>;
  readonly toxiproxy: ToxiproxyClient;
}

interface Planned {
  readonly window: FaultWindow;
  readonly context: FaultContext;
  appliedAtMs: number | null;
  removedAtMs: number | null;
  proof: FaultProof | null;
  problem: string | null;
  /** Applied, or perhaps half applied: undo it. */
  armed: boolean;
}

export class FaultTimeline {
  readonly #planned: readonly Planned[];
  readonly #inForce = new Set<string>();

  private constructor(planned: readonly Planned[]) {
    this.#planned = planned;
  }

  /** Probes each link while it is calm; call it before the load. */
  static async prepare(options: FaultTimelineOptions): Promise<FaultTimeline> {
    const planned: Planned[] = [];
    const calmUs = new Map<Link, number | null>();
    for (const [index, window] of options.windows.entries()) {
      for (const name of window.link === 'both' ? (['client', 'service'] as const) : [window.link]) {
        const link = options.links[name];
        if (link === undefined) continue; // validation has refused what this target has no link for
        if (!calmUs.has(link)) calmUs.set(link, await probeRoundTripUs(options.protocol, link.address, 3, 1_000));
        const { protocol, toxiproxy } = options;
        const id = `wb-${index}-${window.fault}-${name}`;
        const context = { protocol, toxiproxy, link, id, calmRoundTripUs: calmUs.get(link) ?? null };
        planned.push({
          window,
          context,
          appliedAtMs: null,
          removedAtMs: null,
          proof: null,
          problem: null,
          armed: false,
        });
      }
    }
    return new FaultTimeline(planned);
  }

  /** Names of the faults in force, for display. */
  get inForce(): readonly string[] {
    return [...this.#inForce];
  }

  /** Plays all windows; `zeroUs` is the monotonic time of the end of warm-up. Never rejects. */
  async play(zeroUs: number, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#planned.map((planned) => this.#playOne(planned, zeroUs, signal)));
  }

  async #playOne(planned: Planned, zeroUs: number, signal: AbortSignal): Promise<void> {
    const { window, context } = planned;
    const kind = faultKind(window);
    const atMs = () => (monotonicNowUs() - zeroUs) / 1e3;
    try {
      await sleepUntil(zeroUs + window.atMs * 1e3, signal);
      planned.armed = true;
      await kind.apply(window, context);
      planned.appliedAtMs = atMs();
      this.#inForce.add(kind.label(window));
      planned.proof = await kind.prove(window, context);
      if (planned.proof === null) planned.problem = 'it could not be shown to act';
      await sleepUntil(zeroUs + (window.atMs + window.forMs) * 1e3, signal);
    } catch (error) {
      if (!signal.aborted) planned.problem = error instanceof Error ? error.message : String(error);
    }
    if (await this.#undo(planned)) planned.removedAtMs = atMs();
    this.#inForce.delete(kind.label(window));
  }

  async #undo(planned: Planned): Promise<boolean> {
    if (!planned.armed) return false;
    try {
      await faultKind(planned.window).undo(planned.window, planned.context);
      planned.armed = false;
      return true;
    } catch (error) {
      planned.problem ??= error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  /** Undoes what is still in force. */
  async undoAll(): Promise<void> {
    for (const planned of this.#planned) await this.#undo(planned);
  }

  /** Why the measurement can't be trusted: faults that did not act or could not be undone. */
  problems(): readonly string[] {
    return this.#planned.flatMap(({ window, context, problem, appliedAtMs }) => {
      const what = `${window.fault} on the ${context.link.name} link`;
      if (problem !== null) return [`${what}: ${problem}`];
      return appliedAtMs === null ? [`${what}: it was never applied`] : [];
    });
  }

  results(): readonly FaultResult[] {
    return this.#planned.map(({ window, context, appliedAtMs, removedAtMs, proof }) => ({
      fault: window.fault,
      link: context.link.name,
      plannedAtMs: window.atMs,
      plannedForMs: window.forMs,
      appliedAtMs: appliedAtMs === null ? null : Math.round(appliedAtMs),
      removedAtMs: removedAtMs === null ? null : Math.round(removedAtMs),
      settings: faultKind(window).settings(window),
      expected: faultKind(window).expected(window, context.protocol),
      proof,
    }));
  }
}

async function sleepUntil(atUs: number, signal: AbortSignal): Promise<void> {
  const waitMs = (atUs - monotonicNowUs()) / 1e3;
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  signal.throwIfAborted();
}
