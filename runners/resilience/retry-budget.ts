/**
 * A token bucket over all operations of a client, so that retries stay a share of its traffic however many fail. Each
 * operation puts in `ratio` of a token, each retry takes a whole one; the bucket begins full and holds `burst` at most.
 * So n operations have at most ratio × n + burst retries. The accounting is that of Finagle's RetryBudget, without its
 * expiry of tokens and with the burst in the place of its reserve for low rates.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #burst: number;
  #tokens: number;

  constructor({ ratio, burst }: { readonly ratio: number; readonly burst: number }) {
    this.#ratio = ratio;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** For each operation, once. */
  earn(): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + this.#ratio);
  }

  /** False: there is no whole token left, so there is to be no retry. */
  spend(): boolean {
    // Ten tenths are a little less than one.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens = Math.max(0, this.#tokens - 1);
    return true;
  }
}
