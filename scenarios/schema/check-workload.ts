/** Checks between the parts of the workload. */
import { closestName } from '../../result/closest-name.ts';
import { isHandedOver } from '../../result/patterns.ts';
import { isThresholdWord } from '../../result/threshold-grammar.ts';
import { handOverNames, operationNamed, operationNames } from '../operations.ts';
import { type CheckContext, suggestionFor } from './check-context.ts';
import { checkFile } from './check-file.ts';
import { largestPayload, largestPayloadBytes } from './workload-schema.ts';

export function checkWorkload(context: CheckContext): void {
  const { file, report } = context;
  for (const [name, { payload }] of Object.entries(file.workload?.operations ?? {})) {
    const path = ['workload', 'operations', name];
    if (isThresholdWord(name))
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
  checkReferenceOperations(context);
  checkPayloads(context);
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
