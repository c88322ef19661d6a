/** From a scenario's operations to what is sent to a reference service. */
import { isHandedOver, isPublished } from '../../result/patterns.ts';
import type { Pattern } from '../../result/result-types.ts';
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import { operationNamed, type ReferenceOperation } from '../../scenarios/operations.ts';
import type { Request } from '../../scenarios/scenario.ts';

export interface PresetOperation {
  /** Left out: what it is called. */
  readonly does?: string | undefined;
  readonly pattern: Pattern;
  /** Left out: the first, unsaid. */
  readonly version?: ApiVersion | undefined;
}

/** By the operation's name; what the reference services do not know is left out. */
export function presetRequests<Sent extends Request>(
  operations: Readonly<Record<string, PresetOperation>>,
  write: (
    operation: ReferenceOperation,
    isHandedOver: boolean,
    version: ApiVersion | undefined,
    isPublished: boolean,
  ) => Sent,
): Record<string, Sent> {
  const entries = Object.entries(operations).flatMap(([name, { does = name, pattern, version }]): [string, Sent][] => {
    const operation = operationNamed(does);
    if (operation === null) return [];
    return [[name, write(operation, isHandedOver(pattern), version, isPublished(pattern))]];
  });
  return Object.fromEntries(entries);
}
