/** Chains as resolved: services that call services before they answer. */

/** Of a target. */
export interface ChainSettings {
  /** Services one behind the other on the way from the entry to the last. */
  readonly depth: number;
  /** How many each service calls at once. */
  readonly fanOut: number;
}

/** Processes of one target. */
export const mostChained = 16;

/** Level by level: 1 + fanOut + fanOut² + … */
export function chainedServices({ depth, fanOut }: ChainSettings): number {
  let services = 0;
  for (let level = 0, width = 1; level < depth; level++, width *= fanOut) services += width;
  return services;
}

/** `service`, the entry; then `hop-2`, `hop-3`, … level by level, each called by one of the level before. */
export function chainLinks(settings: ChainSettings): { readonly name: string; readonly calls: readonly string[] }[] {
  const services = chainedServices(settings);
  const nameOf = (number: number) => (number === 1 ? 'service' : `hop-${number}`);
  return Array.from({ length: services }, (_, n) => {
    const first = n * settings.fanOut + 2;
    const calls = Array.from({ length: settings.fanOut }, (_, child) => first + child);
    return { name: nameOf(n + 1), calls: calls.filter((number) => number <= services).map(nameOf) };
  });
}
