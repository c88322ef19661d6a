/** The links that others opened for whoever plays the load, each asked for once. */
export class AskedLinks {
  readonly #ask: (broker: string) => void;
  readonly #known = new Map<string, string>();
  readonly #awaited = new Map<string, PromiseWithResolvers<string>>();

  /** `ask`: its answer comes to `answered`. */
  constructor(ask: (broker: string) => void) {
    this.#ask = ask;
  }

  /** At once where it is known; rejects where there is none, and asks again the next time. */
  addressOf(broker: string): string | Promise<string> {
    const known = this.#known.get(broker);
    if (known !== undefined) return known;
    const awaited = this.#awaited.get(broker);
    if (awaited !== undefined) return awaited.promise;
    const asked = Promise.withResolvers<string>();
    this.#awaited.set(broker, asked);
    this.#ask(broker);
    return asked.promise;
  }

  /** `address` null: there is none, for this reason. */
  answered(broker: string, address: string | null, reason: string): void {
    const asked = this.#awaited.get(broker);
    this.#awaited.delete(broker);
    if (address === null) asked?.reject(new Error(reason));
    else {
      this.#known.set(broker, address);
      asked?.resolve(address);
    }
  }
}
