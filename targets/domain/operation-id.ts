/** Ids say who sent an operation and as which: `<trial tag>-<producer, 2 hex digits>-<sequence, 10 digits>`. */

export interface OperationId {
  readonly producer: number;
  readonly sequence: number;
}

export function formatOperationId(trialTag: string, producer: number, sequence: number): string {
  return `${trialTag}-${producer.toString(16).padStart(2, '0')}-${sequence.toString().padStart(10, '0')}`;
}

/** null for an id that is not of this form. */
export function parseOperationId(id: string): OperationId | null {
  const length = id.length;
  if (length < 15 || id.charCodeAt(length - 11) !== 45 || id.charCodeAt(length - 14) !== 45) return null;
  const sequence = Number(id.slice(length - 10));
  const producer = Number.parseInt(id.slice(length - 13, length - 11), 16);
  return Number.isInteger(sequence) && Number.isInteger(producer) ? { producer, sequence } : null;
}
