/** The services that a trial starts for a target, by name: what faults may name, and what the topology is made of. */

export interface TargetService {
  readonly name: string;
  /** How many processes: `<name>`, `<name>-2`, … */
  readonly instances: number;
  /** Services that it dials itself, each over a link of its own: `<name>-<called>`. */
  readonly calls: readonly string[];
}

/** Of a reference target. The first is the one that the load is meant for. */
export function servicesOf({ instances = 1 }: { readonly instances?: number | undefined }): readonly TargetService[] {
  return [{ name: 'service', instances, calls: [] }];
}

export function instanceNames({ name, instances }: Pick<TargetService, 'name' | 'instances'>): string[] {
  return Array.from({ length: instances }, (_, n) => (n === 0 ? name : `${name}-${n + 1}`));
}

export function linkBetween(caller: string, called: string): string {
  return `${caller}-${called}`;
}
