import type { BrokerName, RunningStack } from '../stack/stack.ts';
import { startStack } from '../stack/start-stack.ts';

/** Brokers of the test's own, which it may kill; nobody else has them. Take it down when the tests are over. */
export function startOwnBrokers(...names: readonly BrokerName[]): Promise<RunningStack> {
  return startStack({
    mode: 'native',
    needs: { toxiproxy: false, brokers: Object.fromEntries(names.map((name) => [name, 1])) },
    signal: new AbortController().signal,
    confirm: async () => true,
    log: () => undefined,
  });
}
