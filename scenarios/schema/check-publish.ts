/** Checks of publications: somebody listens, the target can push, and one account holds all deliveries. */
import { isPublished } from '../../result/patterns.ts';
import { audienceOf } from '../audience.ts';
import { subscribersLink } from '../places.ts';
import { factsOf } from '../protocols/registry.ts';
import { bytesAPair, mostPairs } from '../push-settings.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import { longestAutoWarmupMs } from './load-schema.ts';
import type { Path } from './problem.ts';
import { resolveStages } from './resolve-load.ts';
import type { ScenarioFile } from './scenario-schema.ts';
import { eventPlaces } from './settled-schema.ts';

/** Of a target. */
const ofPublications = ['push', 'subscribers', 'subscription', 'events'] as const;

export function checkPublish(context: CheckContext): void {
  const { file, has, report, originalIndex } = context;
  const operations = Object.entries(file.workload?.operations ?? {});
  const published = operations.find(([, { pattern }]) => isPublished(pattern))?.[0];
  if (published === undefined) {
    const complain = (path: Path) =>
      report({ path, message: 'is for operations with pattern: publish; there is none', atKey: true });
    if (has(['subscribers'])) complain(['subscribers']);
    for (const name of Object.keys(file.targets ?? {})) {
      for (const key of ofPublications) if (has(['targets', name, key])) complain(['targets', name, key]);
    }
    for (const [name, windows] of Object.entries(file.conditions ?? {})) {
      windows.forEach((window, index) => {
        if ('link' in window && window.link === subscribersLink)
          complain(['conditions', name, originalIndex(['conditions', name], index), 'link']);
      });
    }
    return;
  }
  const path = ['workload', 'operations', published];
  if (!has(['subscribers'])) {
    const message = `operation ${published} is published, and nobody listens`;
    report({ path, message, suggestion: 'add subscribers: { count: 100 }', atKey: true });
  }
  const handedOver = operations.find(([, { pattern }]) => pattern === 'one-way')?.[0];
  if (handedOver !== undefined) {
    const message = `is one-way, while ${published} is published: our service publishes all that is handed over to it`;
    report({ path: ['workload', 'operations', handedOver], message, atKey: true });
  }
  for (const [name, target] of Object.entries(file.targets ?? {})) {
    checkTarget(context, published, target, ['targets', name]);
  }
  checkPairs(context);
}

/** What each process of several would push is only what it was handed itself. */
const singleService = ['instances', 'gateway'] as const;
const unsecured = ['tls', 'auth'] as const;

function checkTarget(context: CheckContext, published: string, target: FileTarget, path: Path): void {
  const { has, report } = context;
  const complain = (key: string, message: string) => report({ path: [...path, key], message, atKey: true });
  if (has([...path, 'address'])) {
    if (has([...path, 'events'])) return;
    const message = `operation ${published} is published: say where subscribers have it, events: { ${Object.keys(eventPlaces).join(' | ')} }, or make it one-way`;
    report({ path, message, atKey: true });
    return;
  }
  const { subscribes, brokers } = factsOf(target);
  if (subscribes === null) complain('protocol', `has no subscribers, and operation ${published} is published`);
  if ((target.engine ?? 'native') !== 'native') complain('engine', 'publications are for the native engine');
  for (const key of unsecured) {
    if (has([...path, key]) && !['off', 'none', false].includes(target[key] as string))
      complain(key, 'does not go with publications: subscribers connect in clear');
  }
  if (brokers.length > 0) {
    checkBrokered(context, target, path);
    return;
  }
  for (const key of singleService) {
    if (has([...path, key])) complain(key, 'does not go with publications: one process pushes what it was handed');
  }
  checkDuplex(context, target, path);
  const push = 'push' in target ? target.push : undefined;
  if (push !== undefined && 'poll' in push && push.poll !== undefined && push.log === 0) {
    const message = 'is what a poll reads from; leave it out, or the poll';
    report({ path: [...path, 'push', 'log'], message, atKey: true });
  }
}

/** Events among answers: both are messages of one stream. */
function checkDuplex({ report }: CheckContext, target: FileTarget, path: Path): void {
  if (!('push' in target) || !target.push || !('duplex' in target.push) || !target.push.duplex) return;
  const complain = (message: string) => report({ path: [...path, 'push', 'duplex'], message });
  if ((target.client ?? 'own') !== 'own') complain(`is for client: own; ${target.client} takes what comes for answers`);
  if (target.protocol === 'grpc' && target.calls !== 'stream')
    complain('needs calls: stream: of unary calls each answer has a stream of its own');
  if (target.protocol === 'websocket' && target.codec !== 'json') complain('needs codec: json, as events are written');
}

function checkBrokered({ report }: CheckContext, target: FileTarget, path: Path): void {
  if ('topics' in target && (target.topics ?? 1) > 1) {
    const message = 'does not go with publications: all subscribers have one place to listen at';
    report({ path: [...path, 'topics'], message, atKey: true });
  }
  if (target.protocol !== 'queue' || !('queue' in target) || target.queue?.type !== 'stream') return;
  const message = 'does not go with publications: each subscriber has a queue, classic or quorum';
  report({ path: [...path, 'queue', 'type'], message });
}

/** One account holds all pairs of a trial: refused before anything starts. */
function checkPairs({ file, has, report }: CheckContext): void {
  const { load, subscribers } = file;
  if (load === undefined || !has(['load'])) return;
  const planned = plannedPerTrial(load);
  if (planned === null) {
    const message = 'publications need an open load with a rate or stages: how many there will be must be known';
    report({ path: ['load'], message, atKey: true });
    return;
  }
  const operations = Object.values(file.workload?.operations ?? {});
  const weightOf = (all: typeof operations) => all.reduce((sum, { weight }) => sum + weight, 0);
  const share = operations.some(({ rate }) => rate !== undefined)
    ? 1
    : weightOf(operations.filter(({ pattern }) => isPublished(pattern))) / weightOf(operations);
  if (subscribers?.rate === 'deliveries' && share < 1) {
    const message = 'is for scenarios in which every operation is published: else load.rate would count two things';
    report({ path: ['subscribers', 'rate'], message });
  }
  for (const [name, target] of Object.entries(file.targets ?? {})) {
    const isQueue = target.events?.queue !== undefined;
    const { owed } = audienceOf(subscribers?.count ?? 0, isQueue ? { ...target, subscription: 'shared' } : target);
    const publications = Math.ceil((planned * share) / (subscribers?.rate === 'deliveries' ? owed : 1));
    const pairs = publications * owed;
    if (pairs <= mostPairs) continue;
    const mib = Math.ceil((pairs * bytesAPair) / 1024 ** 2);
    const message = `${owed} subscribers × ${publications} publications of a trial are ${grouped(pairs)} deliveries to account for, of ${bytesAPair} bytes each (${mib} MiB); at most ${grouped(mostPairs)}`;
    const own = ['targets', name, 'subscribers'];
    report({ path: has(own) ? own : ['subscribers', 'count'], message });
    if (!has(own)) return;
  }
}

/** Operations of a trial, warm-up included; null: not known beforehand. */
function plannedPerTrial(load: ScenarioFile['load']): number | null {
  if (load.model !== 'open' || typeof load.arrivals !== 'string' || load.rate === 'max') return null;
  if (load.rate === undefined && load.stages === undefined) return null;
  const warmupMs = load.warmup === 'auto' ? longestAutoWarmupMs : load.warmup;
  return resolveStages(load).reduce((sum, { forMs, fromPerSecond, toPerSecond }, index) => {
    const mean = (fromPerSecond + toPerSecond) / 2;
    return sum + (mean * (forMs + (index === 0 ? warmupMs : 0))) / 1e3;
  }, 0);
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
