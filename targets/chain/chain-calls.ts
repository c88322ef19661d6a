/** What a service of a chain asks of those behind it, of all at once, before it answers itself. */
import type { ServiceOptions } from '../domain/service-options.ts';
import { StepCaller } from '../flow/step-caller.ts';
import type { ChainPartOptions } from './chain-part-options.ts';

type NamedCaller = readonly [name: string, caller: StepCaller];

export class ChainCalls {
  readonly #callers: readonly NamedCaller[];

  private constructor(callers: readonly NamedCaller[]) {
    this.#callers = callers;
  }

  /** Rejects with a BenchError when one of them can't be reached. */
  static async open(
    { callees, policies, payloadBytes }: ChainPartOptions,
    calls: NonNullable<ServiceOptions['calls']>,
  ): Promise<ChainCalls> {
    const opening = Object.entries(callees).map(async ([name, callee]) => {
      const address = calls[name]?.join(',') ?? '';
      return [name, await StepCaller.open({ callee, address, policies, payloadBytes })] as const;
    });
    return new ChainCalls(await Promise.all(opening));
  }

  /** `failed`: who did not do it, by name; none: all of them did. */
  ask(id: string, key: string, done: (failed: readonly string[]) => void): void {
    let left = this.#callers.length;
    const failed: string[] = [];
    if (left === 0) done(failed);
    for (const [name, caller] of this.#callers) {
      caller.do(id, key, (result) => {
        if (result !== 'ok') failed.push(name);
        if (--left === 0) done(failed);
      });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#callers.map(([, caller]) => caller.close()));
  }
}
