/** Checks of the targets: addresses, allowed hosts, and that an own system is told what to send. */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { closestName } from '../../result/closest-name.ts';
import { ownValue } from '../../result/own-value.ts';
import { definitionOf } from '../protocols/definitions.ts';
import { brokerFacts, brokerOf } from '../protocols/registry.ts';
import { templateVariables } from '../template-variables.ts';
import { addressesOf, readAddress } from './address.ts';
import { cachingClients } from './cache-schema.ts';
import { requireAllowed } from './check-allowed.ts';
import { checkCalled } from './check-callers.ts';
import { type CheckContext, type FileTarget, suggestionFor } from './check-context.ts';
import { checkRuntime } from './check-runtime.ts';
import { checkSecurity } from './check-security.ts';
import { checkSettled } from './check-settled.ts';
import { checkTls } from './check-tls.ts';
import { checkVersions } from './check-versions.ts';
import { connectionCount } from './connections-schema.ts';
import type { Path } from './problem.ts';
import { clustersOf } from './stack-schema.ts';

export function checkTargets(context: CheckContext): void {
  for (const [name, target] of Object.entries(context.file.targets ?? {})) {
    const path = ['targets', name];
    if (name === 'all') context.report({ path, message: 'all stands for every target in thresholds', atKey: true });
    if (context.has([...path, 'address'])) checkOwnSystem(context, target, path);
    else checkReferenceTarget(context, target, path);
    checkEngine(context, target, path);
    checkProtocol(context, target, path);
    checkThreads(context, target, path);
    checkInstances(context, target, path);
    checkCalled(context, target, path);
    checkVersions(context, target, path);
  }
  checkClusters(context);
  checkOptional(context);
}

/** Somebody who names no target wants to see something, too. */
function checkOptional({ file, report }: CheckContext): void {
  const targets = Object.entries(file.targets ?? {});
  const [first] = targets;
  if (first === undefined || targets.some(([, { optional }]) => optional !== true)) return;
  const message = 'all targets are optional, so that nothing would run; one at least must not be';
  report({ path: ['targets', first[0], 'optional'], message });
}

/** Several brokers that nobody asks anything. */
function checkClusters({ file, has, report }: CheckContext): void {
  for (const broker of clustersOf(file.stack)) {
    const isUsed = Object.entries(file.targets ?? {}).some(
      ([name, target]) => brokerOf(target) === broker && !has(['targets', name, 'address']),
    );
    if (isUsed) continue;
    const { title } = brokerFacts[broker];
    const message = `no target of our reference service is behind ${title}, so none is started`;
    report({ path: ['stack', broker, 'brokers'], message });
  }
}

/** Keys that only mean something for an own system. */
const forOwnSystems = ['requests', 'traceparent', 'watch', 'settled', 'events'];

function checkReferenceTarget(context: CheckContext, target: FileTarget, path: Path): void {
  const { report } = context;
  checkSecurity(context, target, path);
  checkRuntime(context, target, path);
  const values: Readonly<Record<string, unknown>> = target;
  for (const key of [...forOwnSystems, ...definitionOf(target).forOwnSystems]) {
    if (values[key] === undefined || values[key] === false) continue;
    report({ path: [...path, key], message: 'is for an own system; give its address too', atKey: true });
  }
}

function checkProtocol(context: CheckContext, target: FileTarget, path: Path): void {
  definitionOf(target).check?.(
    {
      directory: context.directory,
      operationNames: context.operationNames,
      patternOf: (name) => ownValue(context.file.workload?.operations, name)?.pattern ?? 'request-reply',
      payloadOf: (name) => payloadOf(context, name),
      has: (below) => context.has([...path, ...below]),
      report: (finding) => context.report({ ...finding, path: [...path, ...finding.path] }),
    },
    target,
  );
}

function payloadOf({ file, directory }: CheckContext, operation: string): { name: string; bytes: number } | null {
  const name = ownValue(file.workload?.operations, operation)?.payload;
  const payload = name === undefined ? undefined : ownValue(file.workload?.payloads, name);
  if (name === undefined || payload === undefined) return null;
  const { size, template, file: path } = payload;
  const found = path === undefined ? undefined : statSync(resolve(directory, path), { throwIfNoEntry: false })?.size;
  const bytes = size ?? (template === undefined ? found : Buffer.byteLength(template));
  return bytes === undefined ? null : { name, bytes };
}

/** Each load thread has connections, and clients with caches, of its own. */
function checkThreads({ file, report }: CheckContext, target: FileTarget, path: Path): void {
  const threads = file.load?.threads;
  if (typeof threads !== 'number') return;
  const counts = { connections: connectionCount(target), 'cache.clients': cachingClients(target) };
  for (const [key, count] of Object.entries(counts)) {
    if (count === null || count >= threads) continue;
    const message = `${count} cannot be shared by ${threads} load threads; at least one each`;
    report({ path: [...path, ...key.split('.')], message });
  }
}

/** Who spreads connections are the native engine's own drivers. */
function checkInstances({ report }: CheckContext, target: FileTarget, path: Path): void {
  const { instances = 1 } = target;
  const count = connectionCount(target);
  const complain = (message: string) => report({ path: [...path, 'instances'], message, atKey: true });
  if (instances === 1) return;
  if (target.address !== undefined) complain('is of our own services; name the servers of your own in its address');
  else if ((target.engine ?? 'native') !== 'native')
    complain(`is for the native engine; ${target.engine} dials one address`);
  else if (!('gateway' in target && target.gateway) && (count ?? instances) < instances)
    complain(`${count} connections cannot reach ${instances} instances; at least one each`);
}

/** What another engine cannot do, or brings itself. */
function checkEngine({ file, report }: CheckContext, target: FileTarget, path: Path): void {
  const { engine } = target;
  if (engine === undefined || engine === 'native') return;
  if (file.load?.warmup === 'auto') {
    const message = `${engine} tells nothing while it runs, so load.warmup: auto cannot end; give a duration`;
    report({ path: [...path, 'engine'], message });
  }
  if (
    file.load?.model === 'open' &&
    (file.load.stages !== undefined || file.load.rate === 'max' || typeof file.load.arrivals !== 'string')
  ) {
    const message = `${engine} knows one rate only; stages, recorded arrivals and rate: max are for the native engine`;
    report({ path: [...path, 'engine'], message });
  }
  if (file.load?.model === 'closed' && file.load.stages !== undefined) {
    report({
      path: [...path, 'engine'],
      message: `${engine} knows one number of users only; stages are for the native engine`,
    });
  }
  for (const key of ['deadline', 'retry', 'breaker', 'limit', 'fallback'] as const) {
    if (target.resilience?.[key] === undefined) continue;
    const message = `is for the native engine; ${engine} makes one attempt for each operation`;
    report({ path: [...path, 'resilience', key], message, atKey: true });
  }
  if ('client' in target && (target.client ?? 'own') !== 'own') {
    report({ path: [...path, 'client'], message: `is for the native engine; ${engine} brings its own`, atKey: true });
  }
}

function checkOwnSystem(context: CheckContext, target: FileTarget, path: Path): void {
  const { report } = context;
  if (target.store !== undefined) {
    report({
      path: [...path, 'store'],
      message: 'is of our own services; how it keeps its data is the system’s own',
      atKey: true,
    });
  }
  if (target.service !== undefined) {
    report({ path: [...path, 'service'], message: 'is of our own services; this one is written already', atKey: true });
  }
  if ((target.auth ?? 'none') !== 'none') {
    const message = 'is of our own services; what an own system wants to see goes into its requests';
    report({ path: [...path, 'auth'], message, atKey: true });
  }
  if (target.address !== undefined) checkAddress(context, target.address, target, [...path, 'address']);
  for (const key of definitionOf(target).forOurService) {
    if (!context.has([...path, key])) continue;
    const message = 'is for our reference service; your own system settles it for itself';
    report({ path: [...path, key], message, atKey: true });
  }
  checkTls(context, target, path);
  checkRequests(context, target, path);
  checkWatch(context, target, path);
  checkSettled(context, target, path);
}

function checkWatch(context: CheckContext, { watch, engine }: FileTarget, path: Path): void {
  const { report } = context;
  if (watch === undefined) return;
  const here = [...path, 'watch'];
  const { pid, cgroup, prometheus, metrics } = watch;
  if (pid === undefined && cgroup === undefined && prometheus === undefined) {
    report({ path: here, message: 'needs one of pid, cgroup and prometheus', atKey: true });
  }
  if (metrics !== undefined && prometheus === undefined) {
    report({ path: [...here, 'metrics'], message: 'needs prometheus, where they are shown', atKey: true });
  }
  if (engine !== undefined && engine !== 'native') {
    report({ path: here, message: `is for the native engine, not ${engine}`, atKey: true });
  }
  if (prometheus === undefined || !URL.canParse(prometheus)) return;
  requireAllowed(context, new URL(prometheus).hostname, [...here, 'prometheus'], { what: 'it is asked' });
}

function checkAddress(context: CheckContext, address: string, target: FileTarget, path: Path): void {
  for (const one of addressesOf(address, target)) {
    const reading = readAddress(one, target);
    if (!reading.ok) context.report({ path, message: reading.message });
    else requireAllowed(context, reading.host, path, { what: 'load goes there', whose: ' if it is yours to load' });
  }
}

function checkRequests(context: CheckContext, target: FileTarget, path: Path): void {
  const { operationNames, has, report } = context;
  const requests: Readonly<Record<string, unknown>> = target.requests ?? {};
  const lacking = operationNames.filter((name) => !has([...path, 'requests', name]));
  if (lacking.length > 0) {
    const place = !has([...path, 'requests']) ? path : [...path, 'requests'];
    report({ path: place, message: `says nothing about what to send for ${lacking.join(', ')}`, atKey: true });
  }
  for (const [name, request] of Object.entries(requests)) {
    const here = [...path, 'requests', name];
    if (!operationNames.includes(name)) {
      const suggestion = suggestionFor(closestName(name, operationNames), operationNames);
      report({ path: here, message: 'the workload has no such operation', suggestion, atKey: true });
    } else checkTemplates(context, request, here, name);
  }
}

/** Keys whose text the drivers send as it is written. */
const plainKeys = ['method', 'completeAt', 'expect', 'replyId'];

function checkTemplates(context: CheckContext, value: unknown, path: Path, operation: string, depth = 0): void {
  if (typeof value === 'string') checkTemplate(context, value, path, operation);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      if (depth === 0 && plainKeys.includes(key)) continue;
      checkTemplates(context, child, [...path, Array.isArray(value) ? Number(key) : key], operation, depth + 1);
    }
  }
}

function checkTemplate({ file, report }: CheckContext, text: string, path: Path, operation: string): void {
  const known: readonly string[] = templateVariables;
  for (const match of text.matchAll(/\{\{([^{}]*)\}\}/g)) {
    const name = (match[1] ?? '').trim();
    if (!known.includes(name)) {
      const suggestion = suggestionFor(closestName(name, known), known);
      report({ path, message: `"{{${name}}}" is not a value of an operation`, suggestion, offset: match.index });
    } else if (name.startsWith('payload') && hasNoPayload(file, operation)) {
      report({
        path,
        message: `{{${name}}} stands for nothing: operation ${operation} has no payload`,
        offset: match.index,
      });
    }
  }
}

function hasNoPayload(file: CheckContext['file'], operation: string): boolean {
  const found = ownValue(file.workload?.operations, operation);
  return found !== undefined && found.payload === undefined;
}
