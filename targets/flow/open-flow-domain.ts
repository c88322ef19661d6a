/** A part of a flow as its options say, ready to be called, or to hear of events. */
import { type FlowStep, flowSteps } from '../../result/flow-steps.ts';
import type { EvidenceWriter } from '../domain/evidence.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import type { FlowDomain } from '../domain/service-domain.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import { Announcer } from './announcer.ts';
import { FlowBehaviour } from './flow-behaviour.ts';
import type { EventBus, FlowEvent } from './flow-events.ts';
import type { FlowPartOptions } from './flow-part-options.ts';
import { FlowStore } from './flow-store.ts';
import type { FlowStyle } from './flow-style.ts';
import { ListenerDomain } from './listener-domain.ts';
import { addMissingEvidence } from './missing-evidence.ts';
import { Orchestrator } from './orchestrator.ts';
import { OrdersDomain } from './orders-domain.ts';
import { Participant } from './participant.ts';
import { ParticipantDomain } from './participant-domain.ts';
import { StepCaller } from './step-caller.ts';

export type FlowOpening = ServiceOptions & { readonly flow: FlowPartOptions; readonly statePath: string };

export async function openFlowDomain(
  options: FlowOpening,
  evidence: EvidenceWriter,
  failpoint: Failpoint,
): Promise<FlowDomain> {
  const { flow, statePath, evidencePath } = options;
  const { role, settings, workload } = flow;
  const store = new FlowStore(statePath, (id) => failpoint.reach('beforeCommit', id));
  addMissingEvidence(flow, store, evidence, evidencePath);
  const behaviour = new FlowBehaviour(options);
  const parts = { behaviour, store, evidence, failpoint };
  if (role === 'orders') return new OrdersDomain({ ...parts, style: await openStyle(options, parts) });
  const { idempotent } = settings;
  const participant = new Participant({ ...parts, step: role, refuse: workload.refuse[role] ?? 0, idempotent });
  if (settings.style === 'orchestrated') return new ParticipantDomain({ ...parts, participant });
  const { publish } = settings;
  const compensationMs = workload.compensation.deadlineMs;
  const listener = new ListenerDomain({ ...parts, participant, step: role, publish, compensationMs });
  await listener.listen((hear) => openEvents(options, hear));
  return listener;
}

/** `hear`: left out of a part that hears of nothing. */
async function openEvents(
  { flow, broker }: FlowOpening,
  hear: (event: FlowEvent) => Promise<void> = async () => undefined,
): Promise<EventBus> {
  if (broker === null) throw new Error('there is no broker for its events');
  const bus = { broker, events: flow.events, role: flow.role, hear };
  if (flow.settings.over === 'queue') return (await import('./queue-events.ts')).QueueEvents.open(bus);
  return (await import('./stream-events.ts')).StreamEvents.open(bus);
}

type Parts = { readonly store: FlowStore; readonly evidence: EvidenceWriter; readonly failpoint: Failpoint };

async function openStyle(options: FlowOpening, parts: Parts): Promise<FlowStyle> {
  const { settings, workload } = options.flow;
  if (settings.style === 'choreographed') {
    return new Announcer({ ...parts, publish: settings.publish, bus: await openEvents(options) });
  }
  const { log } = settings;
  const compensationMs = workload.compensation.deadlineMs;
  return new Orchestrator({ ...parts, log, compensationMs, callers: await openCallers(options) });
}

async function openCallers(options: FlowOpening): Promise<Record<FlowStep, StepCaller>> {
  const { flow, broker, calls = {} } = options;
  const { callees, policies, payloadBytes } = flow;
  if (callees === null) throw new Error('nobody is to be called');
  const opened = await Promise.all(
    flowSteps.map(async (step) => {
      const address = calls[step]?.join(',') ?? broker ?? '';
      return [step, await StepCaller.open({ callee: callees[step], address, policies, payloadBytes })] as const;
    }),
  );
  return Object.fromEntries(opened) as Record<FlowStep, StepCaller>;
}
