/** Fills in the values of an operation: pure in the arrival's index, but for the cancels, which each take a fresh order. */
import type { KeyUse } from '../../scenarios/operations.ts';
import { operationIdPrefix } from '../../targets/domain/operation-id.ts';
import { cancellableOrderId, readableOrderId } from '../../targets/domain/service-options.ts';
import type { Call } from '../../targets/driver.ts';
import type { OperationMix } from '../schedule/operation-mix.ts';

const mostKeyTexts = 1 << 16;

/** Numbers of seeded orders begin here, apart from those of keys: of what is read or changed, and of what is cancelled. */
export const readKeys = 0x40000000;
export const cancelKeys = 0x80000000;

export interface CallSourceOptions {
  readonly mix: OperationMix;
  readonly trialTag: string;
  readonly worker: number;
  readonly workers: number;
  /** By operation. */
  readonly keyUses: readonly KeyUse[];
  readonly poolSizes: readonly number[];
  readonly cancellable: number;
}

export class CallSource {
  readonly #options: CallSourceOptions;
  readonly #idPrefix: string;
  /** The texts of the keys met so far: most workloads come back to few. */
  readonly #keyTexts: string[] = [];
  #cancels = 0;

  constructor(options: CallSourceOptions) {
    this.#options = options;
    this.#idPrefix = operationIdPrefix(options.trialTag, options.worker);
  }

  operation(index: number): number {
    return this.#options.mix.operation(index);
  }

  /** The same text as formatOperationId gives, without its paddings: this runs for every operation. */
  id(sequence: number): string {
    return this.#idPrefix + (10_000_000_000 + sequence).toString().slice(1);
  }

  /** Sets operation, key, payload and random of the call; returns the key's number. */
  fill(call: Call, index: number, operation: number): number {
    const { mix, keyUses, poolSizes } = this.#options;
    call.operation = operation;
    call.payload = mix.payload(index, poolSizes[operation] ?? 0);
    call.random = mix.random(index);
    const use = keyUses[operation];
    if (use === 'cancels') {
      const { worker, workers, cancellable } = this.#options;
      const number = (this.#cancels++ * workers + worker) % Math.max(1, cancellable);
      call.key = cancellableOrderId(number);
      return number + cancelKeys;
    }
    const number = mix.key(index);
    call.key = use === 'reads' ? readableOrderId(number) : this.#keyText(number);
    return use === 'reads' ? number + readKeys : number;
  }

  #keyText(number: number): string {
    const known = this.#keyTexts[number];
    if (known !== undefined) return known;
    const text = `key-${number.toString().padStart(8, '0')}`;
    if (number < mostKeyTexts) this.#keyTexts[number] = text;
    return text;
  }
}
