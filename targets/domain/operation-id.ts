/** Ids say who sent an operation and as which: `<trial tag>-<producer, 4 hex digits>-<sequence, 10 digits>`. */

export interface OperationId {
  readonly producer: number;
  readonly sequence: number;
}

/** What an id begins with. `producer`: below 65,536. */
export function operationIdPrefix(trialTag: string, producer: number): string {
  return `${trialTag}-${producer.toString(16).padStart(4, '0')}-`;
}

export function formatOperationId(trialTag: string, producer: number, sequence: number): string {
  return operationIdPrefix(trialTag, producer) + sequence.toString().padStart(10, '0');
}

const ofProducer = /^[0-9a-f]{4}$/;
const ofSequence = /^\d{10}$/;

/** null for an id that is not of this form. */
export function parseOperationId(id: string): OperationId | null {
  const length = id.length;
  if (length < 17 || id.charCodeAt(length - 11) !== 45 || id.charCodeAt(length - 16) !== 45) return null;
  const producer = id.slice(length - 15, length - 11);
  const sequence = id.slice(length - 10);
  if (!ofProducer.test(producer) || !ofSequence.test(sequence)) return null;
  return { producer: Number.parseInt(producer, 16), sequence: Number(sequence) };
}
