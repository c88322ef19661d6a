/** From a scenario's operations to what is sent to a reference service. */
import { isHandedOver, isPublished } from '../../result/patterns.ts';
import type { Pattern } from '../../result/result-types.ts';
import { operationNamed, type ReferenceOperation } from '../../scenarios/operations.ts';
import type { Request } from '../../scenarios/scenario.ts';

export interface PresetOperation {
  /** Left out: what it is called. */
  readonly does?: string | undefined;
  readonly pattern: Pattern;
}

/** By the operation's name; what the reference services do not know is left out. */
export function presetRequests<Sent extends Request>(
  operations: Readonly<Record<string, PresetOperation>>,
  write: (operation: ReferenceOperation, isHandedOver: boolean, isPublished: boolean) => Sent,
): Record<string, Sent> {
  const entries = Object.entries(operations).flatMap(([name, { does = name, pattern }]): [string, Sent][] => {
    const operation = operationNamed(does);
    return operation === null ? [] : [[name, write(operation, isHandedOver(pattern), isPublished(pattern))]];
  });
  return Object.fromEntries(entries);
}
