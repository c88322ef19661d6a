/** The parts behind the driver contract suite: a fresh service and session for each test, of whatever protocol. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isHandedOver } from '../../result/patterns.ts';
import type { Pattern } from '../../result/result-types.ts';
import { handOverNames, operationNamed, operationNames } from '../../scenarios/operations.ts';
import type { Request, Target } from '../../scenarios/scenario.ts';
import { cancellableOrderId, readableOrderId } from '../domain/service-options.ts';
import type { FailureDetail, ProtocolEntry } from '../driver.ts';
import { freePort } from '../process/free-port.ts';
import { type RunningService, startReferenceService } from '../process/reference-service.ts';
import { moduleOf } from '../topology/topology.ts';
import { type DescribedAnswers, describedAnswers } from './described-answers.ts';
import { RecordedSession } from './recorded-session.ts';

export interface ContractSubject {
  readonly entry: ProtocolEntry;
  /** A reference target: no address, no requests. */
  readonly target: Target;
  /** `host:port` of the broker as services see it (queue, stream); null: the service listens itself. */
  readonly broker: string | null;
  /** Where the driver dials when that is neither the service nor `broker` (e.g. a proxy, for the outage). */
  readonly address?: string;
  /** Of messages that this broker takes. Left out: the largest of a scenario. */
  readonly largestPayloadBytes?: number;
  /** What the service says of itself, in OpenAPI or AsyncAPI: each of its answers is held against it. Left out: none is. */
  readonly document?: Readonly<Record<string, unknown>>;
  /** How connections are lost and come back. Left out: the service is killed and started again. */
  readonly outage?: {
    begin(): Promise<void>;
    end(): Promise<void>;
    /** False where an operation in flight may outlive the connection, its reply waiting at the broker. */
    readonly losesInFlight: boolean;
  };
  close?(): Promise<void>;
}

/** What a JSON text must escape, and more than ASCII: it arrives as it was all the same. */
export const contractPayload = Buffer.from('"pay\\load" –\n'.repeat(40));
const population = { readable: 200, cancellable: 1_000 };

export interface ServiceBehaviour {
  readonly workTimeMs?: number;
  readonly rejectRatio?: number;
  readonly retryAfterMs?: number;
}

export interface OpenedContract {
  readonly recorded: RecordedSession;
  readonly service: RunningService;
  readonly evidencePath: string;
}

/** The parts of one test: services with the behaviour it asks for, and sessions, all stopped after it. */
export class ContractRig {
  readonly #setup: () => Promise<ContractSubject>;
  readonly #services: RunningService[] = [];
  readonly #sessions: RecordedSession[] = [];
  #subject: ContractSubject | null = null;
  /** null: there is no document. */
  #answers: DescribedAnswers | null = null;
  readonly #differences: string[] = [];
  #directory = '';
  #opened = 0;
  #cancelled = 0;

  constructor(setup: () => Promise<ContractSubject>) {
    this.#setup = setup;
  }

  get subject(): ContractSubject {
    if (this.#subject === null) throw new Error('the rig has not begun');
    return this.#subject;
  }

  /** Operations with an answer that was held whole against the document. */
  get describedOperations(): readonly string[] {
    return [...(this.#answers?.seen ?? [])];
  }

  async begin(): Promise<void> {
    this.#directory = await mkdtemp(join(os.tmpdir(), 'wirebench-contract-'));
    this.#subject = await this.#setup();
    const { document } = this.#subject;
    this.#answers = document === undefined ? null : describedAnswers(document);
  }

  /** A fresh service with this behaviour and a session to it; a call's `payload` says which of the bodies it has. */
  async open(
    pattern: Pattern,
    behaviour: ServiceBehaviour = {},
    ...bodies: readonly Buffer[]
  ): Promise<OpenedContract> {
    const { entry, target, broker, address } = this.subject;
    const trialTag = `c${process.pid.toString(36)}n${this.#opened++}`;
    const port = broker === null ? await freePort() : 0;
    const evidencePath = join(this.#directory, `evidence-${trialTag}`);
    const names = entry.resourceNames(trialTag, target);
    const { workTimeMs = 0, rejectRatio = 0, retryAfterMs } = behaviour;
    const service = await startReferenceService(
      moduleOf(entry, target),
      {
        protocol: target.protocol,
        target,
        port,
        broker,
        names,
        evidencePath,
        population,
        workTimeMs,
        rejectRatio,
        retryAfterMs,
        seed: 1,
      },
      join(this.#directory, `service-${trialTag}.log`),
    );
    this.#services.push(service);
    this.#cancelled = 0;
    const dialled = address ?? broker ?? `127.0.0.1:${port}`;
    return { recorded: await this.#openSession(dialled, trialTag, pattern, bodies), service, evidencePath };
  }

  /** A session to any address, without a service. */
  openAt(address: string, signal?: AbortSignal): Promise<RecordedSession> {
    return this.#openSession(address, `c${process.pid.toString(36)}n${this.#opened++}`, 'request-reply', [], signal);
  }

  async #openSession(
    address: string,
    trialTag: string,
    pattern: Pattern,
    bodies: readonly Buffer[],
    signal?: AbortSignal,
  ) {
    const pool = bodies.length === 0 ? [contractPayload] : bodies;
    const { entry, target } = this.subject;
    const names = isHandedOver(pattern) ? handOverNames : operationNames;
    const patterns = Object.fromEntries(names.map((name) => [name, { pattern }]));
    const { requests, settings } = entry.preset(target, entry.resourceNames(trialTag, target), patterns);
    const recorded = await RecordedSession.open({
      driver: entry.driver,
      address,
      trialTag,
      slots: 512,
      ...(signal === undefined ? {} : { signal }),
      ...(this.#answers !== null && {
        onDetail: (operation: string, detail: FailureDetail) => this.#describe(operation, detail),
      }),
      target: { ...target, ...settings, requests } as Target,
      operations: Object.fromEntries(names.map((name) => [name, { pattern, request: requests[name] as Request }])),
      payloads: Object.fromEntries(
        names.filter((name) => operationNamed(name)?.carriesPayload).map((name) => [name, pool]),
      ),
    });
    this.#sessions.push(recorded);
    return recorded;
  }

  #describe(operation: string, detail: FailureDetail): void {
    const difference = this.#answers?.difference(operation, detail) ?? null;
    if (difference !== null) this.#differences.push(difference);
  }

  /** Reads and updates share orders; an order is cancelled at most once. */
  keyFor(operation: string, n: number): { key?: string } {
    const keyUse = operationNamed(operation)?.keyUse;
    if (keyUse === 'cancels') return { key: cancellableOrderId(this.#cancelled++) };
    return keyUse === 'reads' ? { key: readableOrderId(n % population.readable) } : {};
  }

  async endTest(): Promise<void> {
    const sessions = this.#sessions.splice(0);
    await Promise.all(sessions.map((recorded) => recorded.close()));
    await Promise.all(this.#services.splice(0).map((service) => service.stop()));
    expect(sessions.flatMap(({ violations }) => violations)).toEqual([]);
    expect([...new Set(this.#differences.splice(0))], 'answers that are otherwise than described').toEqual([]);
  }

  async end(): Promise<void> {
    await this.#subject?.close?.();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
