/** Checks between the parts of the workload. */
import { closestName } from '../../result/closest-name.ts';
import { isHandedOver } from '../../result/patterns.ts';
import { isQuotableWord, isThresholdWord } from '../../result/threshold-grammar.ts';
import { handOverNames, operationNamed, operationNames } from '../operations.ts';
import { hasLog } from '../state-settings.ts';
import { checkCallers } from './check-callers.ts';
import { type CheckContext, suggestionFor } from './check-context.ts';
import { checkFile } from './check-file.ts';
import { largestPayload, largestPayloadBytes } from './workload-schema.ts';

export function checkWorkload(context: CheckContext): void {
  const { file, report } = context;
  for (const [name, { payload }] of Object.entries(file.workload?.operations ?? {})) {
    const path = ['workload', 'operations', name];
    if (isThresholdWord(name) && !isQuotableWord(name))
      report({ path, message: 'is a word of the thresholds; call the operation otherwise', atKey: true });
    if (payload !== undefined && !context.payloadNames.includes(payload)) {
      const suggestion = suggestionFor(closestName(payload, context.payloadNames), context.payloadNames);
      report({ path: [...path, 'payload'], message: `there is no payload "${payload}"`, suggestion });
    }
  }
  if (file.workload?.service.waiting !== undefined && !context.has(['workload', 'service', 'concurrency'])) {
    const path = ['workload', 'service', 'waiting'];
    report({ path, message: 'only means something beside concurrency: without it nothing waits', atKey: true });
  }
  checkHistory(context);
  checkOwnRates(context);
  checkOwnTimeouts(context);
  checkCallers(context);
  checkReferenceOperations(context);
  checkPayloads(context);
}

function checkHistory({ file, has, report }: CheckContext): void {
  const path = ['workload', 'history'];
  if (!has(path) || Object.values(file.targets ?? {}).some(hasLog)) return;
  report({ path, message: 'is of the log of a service, and no target has state: log', atKey: true });
}

/** They are parts of one rate that is known and stays. */
function checkOwnRates({ file, report }: CheckContext): void {
  const operations = Object.entries(file.workload?.operations ?? {});
  const own = operations.filter(([, { rate }]) => rate !== undefined);
  const [first] = own;
  if (first === undefined || file.load === undefined) return;
  const path = ['workload', 'operations', first[0], 'rate'];
  const { load } = file;
  if (load.model !== 'open' || typeof load.rate !== 'number') {
    report({
      path,
      message: 'is a part of load.rate, which must be one rate: an open model without stages or recording',
    });
    return;
  }
  const engined = Object.entries(file.targets ?? {}).find(([, { engine = 'native' }]) => engine !== 'native');
  if (engined !== undefined) report({ path, message: `is for the native engine, which target ${engined[0]} has not` });
  const sum = own.reduce((total, [, { rate = 0 }]) => total + rate, 0);
  const isAll = own.length === operations.length;
  if (sum > load.rate || (isAll && sum !== load.rate) || (!isAll && sum === load.rate)) {
    const rest = isAll ? 'all operations have one, so they must come to' : 'the others need some of';
    const what = sum > load.rate ? `come to ${sum}/s, above` : `come to ${sum}/s; ${rest}`;
    report({ path: ['workload', 'operations'], message: `own rates ${what} load.rate (${load.rate}/s)`, atKey: true });
  }
}

function checkOwnTimeouts({ file, report }: CheckContext): void {
  const engined = Object.entries(file.targets ?? {}).find(([, { engine = 'native' }]) => engine !== 'native');
  for (const [name, { timeout }] of Object.entries(file.workload?.operations ?? {})) {
    if (timeout === undefined) continue;
    const path = ['workload', 'operations', name, 'timeout'];
    const deadline = file.resilience?.deadline;
    if (deadline !== undefined && timeout > deadline) {
      report({ path, message: `is longer than resilience.deadline (${deadline}ms), which ends an operation anyway` });
    }
    if (engined !== undefined)
      report({ path, message: `is for the native engine, which target ${engined[0]} has not` });
  }
}

/** Reference services know a fixed set of operations; own systems have a request for whatever the workload names. */
function checkReferenceOperations({ file, has, report }: CheckContext): void {
  const reference = Object.keys(file.targets ?? {}).filter((name) => !has(['targets', name, 'address']));
  const [targetName] = reference;
  if (targetName === undefined) return;
  const known: readonly string[] = operationNames;
  for (const [name, { does, pattern }] of Object.entries(file.workload?.operations ?? {})) {
    const path = ['workload', 'operations', name];
    const operation = operationNamed(does ?? name);
    if (operation === null) {
      const suggestion = suggestionFor(closestName(name, known), known);
      const message = `the reference service of target ${targetName} does not know this operation`;
      report({ path, message, suggestion, atKey: true });
    } else if (isHandedOver(pattern) && !operation.canBeHandedOver) {
      const message = `${does ?? name} asks for an answer, so it cannot be ${pattern}; ${handOverNames.join(', ')} can`;
      report({ path: [...path, 'pattern'], message });
    }
  }
}

function checkPayloads({ file, directory, has, report }: CheckContext): void {
  const asText = Object.keys(file.targets ?? {}).some((name) => !has(['targets', name, 'address']));
  for (const [name, payload] of Object.entries(file.workload?.payloads ?? {})) {
    const path = ['workload', 'payloads', name];
    const kinds = (['size', 'template', 'file'] as const).filter((kind) => has([...path, kind]));
    if (kinds.length !== 1) {
      const message =
        kinds.length === 0
          ? 'needs one of size, template, file'
          : `has ${kinds.join(' and ')}; only one of them can be`;
      report({ path, message, atKey: true });
    }
    if (payload.entropy !== undefined && !has([...path, 'size'])) {
      report({ path: [...path, 'entropy'], message: 'only means something beside size', atKey: true });
    }
    if (payload.file !== undefined) {
      checkFile(directory, payload.file, [...path, 'file'], report, { mostBytes: largestPayloadBytes, asText });
    }
    if (payload.template?.includes('{{')) {
      const message = 'is sent as it is: values of the operation ({{id}} and others) belong into the request';
      report({ path: [...path, 'template'], message, offset: payload.template.indexOf('{{') });
    }
    if (payload.template !== undefined && Buffer.byteLength(payload.template) > largestPayloadBytes) {
      report({ path: [...path, 'template'], message: `must be at most ${largestPayload}` });
    }
  }
}
