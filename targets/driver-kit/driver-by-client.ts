/** The driver that a target's `client` asks for; each is loaded only when it is asked for. */
import type { Protocol } from '../../result/result-types.ts';
import type { Target } from '../../scenarios/scenario.ts';
import type { Driver } from '../driver.ts';

/** `clientOf` reads the choice, so that its names and those of the drivers cannot come apart. */
export function driverByClient<Client extends string>(
  protocol: Protocol,
  clientOf: (target: Target) => Client,
  drivers: Readonly<Record<Client, () => Promise<Driver>>>,
): Driver {
  return {
    protocol,
    async open(context, signal) {
      const driver = await drivers[clientOf(context.target)]();
      return driver.open(context, signal);
    },
  };
}
