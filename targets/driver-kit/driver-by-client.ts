/** The driver that a target's `client` asks for; each is loaded only when it is asked for. */
import { createRequire } from 'node:module';
import type { Protocol } from '../../result/result-types.ts';
import type { Target } from '../../scenarios/scenario.ts';
import type { Driver } from '../driver.ts';

const require = createRequire(import.meta.url);

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

/** What is printed beside the numbers: `undici 8.12.4`. `packageName` is where a library's client comes from. */
export function clientLabel(client: string, packageName: string | null): string {
  return packageName === null ? client : packageLabel(packageName);
}

/** `undici 8.12.4`: a library as it is here. */
export function packageLabel(packageName: string): string {
  const { version } = require(`${packageName}/package.json`) as { readonly version: string };
  return `${packageName} ${version}`;
}
