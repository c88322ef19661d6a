/** One trial as an agent plays it: its share of the load workers, opened, begun and handed over when the run says so. */
import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { AllowedHosts } from '../../scenarios/allowed-hosts.ts';
import { type CanaryEcho, startCanaryEcho } from '../canary/start-canary-echo.ts';
import { AskedLinks } from '../load/asked-links.ts';
import { LoadClock, LoadSignals } from '../load/load-clock.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { takeApart } from '../load/worker-error.ts';
import type { LoadPlan } from '../load/worker-messages.ts';
import { type CpuUse, cpuUse, sampleCpu } from '../recording/cpu-account.ts';
import { throttledUs } from './agent-facts.ts';
import type {
  BeginMessage,
  FinishedMessage,
  LinkedMessage,
  OpenMessage,
  ProgressMessage,
  PullMessage,
  SignalMessage,
} from './agent-messages.ts';
import { PackedRecords } from './packed-records.ts';
import { withFiles } from './plan-files.ts';
import { revealPlan } from './plan-secrets.ts';
import { packRecords } from './records-codec.ts';

export interface AgentTrialContext {
  /** Of the agent alone; the trial makes its own in it. */
  readonly folder: string;
  /** Where this agent lets load go, beside loopback. */
  readonly allowHosts: readonly string[];
  readonly cores: number;
  /** To the run: the trial's number is added. */
  readonly say: (what: string, message: object) => void;
}

const decidePollMs = 100;

export class AgentTrial {
  readonly trial: number;
  readonly #context: AgentTrialContext;
  readonly #folder: string;
  readonly #over = new AbortController();
  readonly #signals = new LoadSignals();
  readonly #links = new AskedLinks((broker) => this.#say('link', { broker }));
  #generator: LoadGenerator | null = null;
  #echo: CanaryEcho | null = null;
  #plan: LoadPlan | null = null;
  #cpu: Promise<Pick<FinishedMessage, 'cpu' | 'throttled'>> = Promise.resolve({ cpu: null, throttled: null });
  #packed: PackedRecords | null = null;
  /** Its workers end unasked then, and that is no failure. */
  #isClosing = false;

  constructor(trial: number, context: AgentTrialContext) {
    this.trial = trial;
    this.#context = context;
    this.#folder = join(context.folder, `trial-${trial}`);
  }

  /** Says `opened` or `openFailed`; never rejects. */
  async open({ plan, variables, files }: OpenMessage): Promise<void> {
    try {
      const { hasCanaries, ...rest } = revealPlan(withFiles(plan, await this.#write(files)), variables, process.env);
      if (hasCanaries) this.#echo = await startCanaryEcho(join(this.#folder, 'canary.log'));
      this.#over.signal.throwIfAborted();
      this.#plan = {
        ...rest,
        samples: null,
        logFolder: this.#folder,
        canaryPort: this.#echo?.port ?? null,
        signals: this.#signals.memory,
        allowHosts: this.#permitted(rest.allowHosts),
      };
      const generator = await LoadGenerator.open(this.#plan, this.#over.signal, async (broker) =>
        this.#links.addressOf(broker),
      );
      this.#generator = generator;
      this.#over.signal.throwIfAborted();
      generator.onSecond(({ second, spanMs, ok }) => this.#say('second', { second, spanMs, ok: packRecords(ok) }));
      generator.onHandedOver(({ producer, sequences }) => this.#say('handedOver', { producer, sequences }));
      this.#say('opened', {});
    } catch (error) {
      if (!this.#over.signal.aborted) this.#say('openFailed', { error: takeApart(this.#inWords(error)) });
    } finally {
      if (this.#isClosing) await this.#clear(); // of what was begun since
    }
  }

  /** `startUs` is of this host's clock. */
  begin({ startUs }: BeginMessage): void {
    const [generator, plan] = [this.#generator, this.#plan];
    if (generator === null || plan === null) return;
    generator.begin(startUs);
    this.#say('beginning', { leadMs: (startUs - monotonicNowUs()) / 1e3 });
    this.#cpu = this.#measureCpu(startUs, plan).catch(() => ({ cpu: null, throttled: null }));
    generator.whenIdle().then(
      (acknowledged) => this.#say('idle', { acknowledged, progress: generator.progress() }),
      (error) => {
        if (!this.#isClosing) this.#say('failed', { error: takeApart(this.#inWords(error)) });
      },
    );
  }

  signal({ warmupEndMs, duringEndMs }: SignalMessage): void {
    if (warmupEndMs > 0) this.#signals.endWarmup(warmupEndMs);
    if (duringEndMs > 0) this.#signals.endDuring(duringEndMs);
  }

  linked({ broker, address, reason }: LinkedMessage): void {
    this.#links.answered(broker, address, reason);
  }

  get progress(): ProgressMessage['progress'] {
    return this.#generator?.progress() ?? null;
  }

  stop(): void {
    this.#generator?.stop();
    this.#over.abort();
  }

  /** Packs everything, to be pulled. */
  async finish(): Promise<FinishedMessage> {
    const data = (await this.#generator?.finish()) ?? [];
    this.#packed = new PackedRecords(data);
    const use = await Promise.race([this.#cpu, sleep(0, { cpu: null, throttled: null })]);
    return { workers: this.#packed.workers(), ...use };
  }

  pull(message: PullMessage): Uint8Array {
    return this.#packed?.pull(message) ?? new Uint8Array(0);
  }

  /** Nothing of it is left. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.stop();
    await this.#clear();
  }

  async #clear(): Promise<void> {
    await this.#generator?.terminate();
    await this.#echo?.process.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #say(what: string, message: object): void {
    this.#context.say(what, { trial: this.trial, ...message });
  }

  /** Of what the scenario allows that which this agent allows as well. */
  #permitted(hosts: readonly string[]): string[] {
    const own = new AllowedHosts(this.#context.allowHosts);
    return hosts.filter((host) => own.hasName(host) || own.hasAddress(host));
  }

  #inWords(error: unknown): unknown {
    if (!(error instanceof BenchError) || error.code !== 'foreignHost') return error;
    return new BenchError('foreignHost', `Its load may not go there: ${error.message}`, {
      hint: 'Both must allow a host: `allowHosts` of the scenario, and `--allow-host` of each `bench agent`.',
      exitCode: exitCodes.usage,
    });
  }

  async #write(files: OpenMessage['files']): Promise<ReadonlyMap<string, string>> {
    const here = new Map<string, string>();
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      for (const [path, bytes] of Object.entries(files)) {
        const local = join(this.#folder, createHash('sha256').update(bytes).digest('hex'));
        await writeFile(local, bytes, { mode: 0o600 });
        here.set(path, local);
      }
      return here;
    } catch (cause) {
      throw new BenchError('noTemporaryFolder', `It cannot keep the files of the trial: ${(cause as Error).message}`, {
        hint: 'Free some space on its host, or set TMPDIR of it to a folder that can be written.',
        exitCode: exitCodes.stack,
        cause,
      });
    }
  }

  async #measureCpu(startUs: number, { load }: LoadPlan): Promise<Pick<FinishedMessage, 'cpu' | 'throttled'>> {
    const { signal } = this.#over;
    const clock = new LoadClock(
      startUs,
      { warmupMs: load.warmupMs, untilSteady: load.warmupUntilSteady },
      this.#signals,
    );
    const until = (us: number) => sleep(Math.max(0, (us - monotonicNowUs()) / 1e3), undefined, { signal });
    while (!clock.isDecided && monotonicNowUs() < clock.timeUs(load.warmupMs * 1e3)) {
      await sleep(decidePollMs, undefined, { signal });
    }
    const rest = this.#echo === null ? {} : { rest: [this.#echo.process] };
    await until(clock.timeUs(load.warmupMs * 1e3));
    const [before, throttledBefore] = [sampleCpu(rest), throttledUs()];
    await until(clock.timeUs((load.warmupMs + load.durationMs) * 1e3));
    const cpu: CpuUse = cpuUse(before, sampleCpu(rest), this.#context.cores);
    const throttled = throttledUs();
    const share =
      throttled === null || throttledBefore === null ? null : (throttled - throttledBefore) / (cpu.durationMs * 1e3);
    return { cpu, throttled: share };
  }
}
