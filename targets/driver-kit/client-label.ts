/** Libraries as they are named beside numbers. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What is printed beside the numbers: `undici 8.12.4`. `packageName` is where a library's client comes from. */
export function clientLabel(client: string, packageName: string | null): string {
  return packageName === null ? client : packageLabel(packageName);
}

/** `undici 8.12.4`: a library as it is here. */
export function packageLabel(packageName: string): string {
  const { version } = require(`${packageName}/package.json`) as { readonly version: string };
  return `${packageName} ${version}`;
}
