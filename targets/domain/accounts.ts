/** What customers were charged: the state in which an effect that happens twice costs somebody money. */

/** What every payment charges. */
export const paymentCents = 1_000;

export class Accounts {
  /** By account. */
  readonly #chargedCents = new Map<string, number>();

  charge(account: string, cents: number): void {
    this.#chargedCents.set(account, (this.#chargedCents.get(account) ?? 0) + cents);
  }

  /** Over all accounts. */
  get chargedCents(): number {
    let sum = 0;
    for (const cents of this.#chargedCents.values()) sum += cents;
    return sum;
  }
}
