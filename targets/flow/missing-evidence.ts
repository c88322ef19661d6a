/** A part that was killed just after a commit put nothing on record of it: it does so when it is back. */
import { EvidenceReader, type EvidenceWriter, evidenceKinds } from '../domain/evidence.ts';
import { parseOperationId } from '../domain/operation-id.ts';
import { stepCode } from './flow-evidence.ts';
import type { FlowPartOptions } from './flow-part-options.ts';
import type { FlowStore } from './flow-store.ts';
import { outcomesOf } from './participant.ts';

export function addMissingEvidence(
  { role }: Pick<FlowPartOptions, 'role'>,
  store: FlowStore,
  evidence: EvidenceWriter,
  evidencePath: string,
): void {
  const known = new Set<string>();
  const nameOf = (producer: number, sequence: number, kind: number, code: number) =>
    `${producer}-${sequence}-${kind}-${code}`;
  for (const { producer, sequence, kind, step } of new EvidenceReader(evidencePath).more()) {
    known.add(nameOf(producer, sequence, kind, step));
  }
  const add = (id: string, kind: typeof evidenceKinds.applied | typeof evidenceKinds.step, code: number) => {
    const number = parseOperationId(id);
    if (number === null || known.has(nameOf(number.producer, number.sequence, kind, code))) return;
    evidence.append(kind, id, 0, '', 0, code);
  };
  if (role === 'orders') {
    for (const id of store.orders()) add(id, evidenceKinds.applied, 0);
    return;
  }
  for (const { id, state } of store.steps()) {
    for (const outcome of outcomesOf(state)) add(id, evidenceKinds.step, stepCode(role, outcome));
  }
}
