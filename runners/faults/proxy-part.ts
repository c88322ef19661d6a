/** Toxiproxy as a process that may be killed: its proxies and toxics live in its memory only, and are set again afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import type { Link } from '../../targets/stack/stack.ts';
import { connectToxiproxy, type ProxyListing, type ToxiproxyClient } from '../../targets/stack/toxiproxy-client.ts';
import type { FaultPart, FaultProof } from './fault-kind.ts';
import { probeLink, type SecurableProbe } from './link-probe.ts';

const lookEveryMs = 20;
const restartDeadlineMs = 10_000;
const probeDeadlineMs = 1_000;

export class ProxyPart implements FaultPart {
  readonly name = 'toxiproxy';
  readonly process: SupervisedProcess;
  readonly #shared: ToxiproxyClient;
  /** Not held back while the other faults' calls wait. */
  readonly #own: ToxiproxyClient;
  readonly #link: Link;
  readonly #probe: SecurableProbe;
  #before: readonly ProxyListing[] = [];
  #pidBefore = 0;
  #release: (() => void) | null = null;
  #probeAfter: string | null = null;

  /** `link`: the one the load goes through, looked at for the proof. */
  constructor(process: SupervisedProcess, client: ToxiproxyClient, link: Link, probe: SecurableProbe) {
    this.process = process;
    this.#shared = client;
    this.#own = connectToxiproxy(client.apiUrl);
    this.#link = link;
    this.#probe = probe;
  }

  /** Writes down what it holds; calls of other faults wait from here until `restart` or `abandon`. */
  async choose(): Promise<void> {
    this.#release = this.#shared.hold();
    this.#pidBefore = this.process.pid;
    this.#before = await this.#own.listProxies();
  }

  async after(): Promise<FaultProof> {
    const { outcome } = await probeLink(this.#probe, this.#link.address, probeDeadlineMs);
    if (outcome !== 'refused') throw new Error(`a connection was still not refused, but ${outcome}`);
    return { pidBefore: this.#pidBefore, probe: outcome };
  }

  /** Resolves once all proxies listen at the same addresses, with the same toxics. Rejects with a BenchError (exit 3). */
  async restart(): Promise<void> {
    try {
      if (this.process.exit === null) return; // it could not be asked what it holds, and was not killed
      await this.process.restart();
      await this.#retried(() => this.#own.version());
      for (const proxy of this.#before) await this.#setAgain(proxy);
      this.#probeAfter = await this.#probeBack();
    } catch (error) {
      await this.process.kill(); // half of its proxies are no use: counted as lost, started anew before the next trial
      throw error;
    } finally {
      this.abandon();
    }
  }

  back(): FaultProof {
    return { pidAfter: this.process.pid, proxiesSetAgain: this.#before.length, probeAfter: this.#probeAfter };
  }

  abandon(): void {
    this.#release?.();
    this.#release = null;
  }

  async #setAgain({ name, listen, upstream, enabled, toxics }: ProxyListing): Promise<void> {
    await this.#retried(() => this.#own.createProxy(name, listen, upstream)); // its port may be another's for a moment
    if (!enabled) await this.#own.setEnabled(name, false);
    for (const toxic of toxics) await this.#own.addToxic(name, toxic);
  }

  /** With a toxic on it, or disabled by another fault, a link need not answer. */
  async #probeBack(): Promise<string> {
    const proxy = this.#before.find(({ name }) => name === this.#link.proxy);
    const mustAnswer = proxy === undefined || (proxy.enabled && proxy.toxics.length === 0);
    for (const endMs = performance.now() + restartDeadlineMs; ; await sleep(lookEveryMs)) {
      const { outcome } = await probeLink(this.#probe, this.#link.address, probeDeadlineMs);
      if (!mustAnswer || outcome === 'answered') return outcome;
      if (performance.now() < endMs) continue;
      throw new BenchError('proxyNotBack', `Toxiproxy runs again, but a probe through its proxy was ${outcome}`, {
        hint: 'Its log, and that of what is behind it, tell why.',
        exitCode: exitCodes.stack,
      });
    }
  }

  async #retried<T>(work: () => Promise<T>): Promise<T> {
    for (const endMs = performance.now() + restartDeadlineMs; ; await sleep(lookEveryMs)) {
      try {
        return await work();
      } catch (error) {
        if (this.process.exit !== null || performance.now() > endMs) throw error;
      }
    }
  }
}
