/** What our service of a target is written in. */

export const serviceRuntimes = ['node', 'go'] as const;
export type ServiceRuntime = (typeof serviceRuntimes)[number];

export interface ServiceSettings {
  readonly runtime: ServiceRuntime;
}

/** Its name among the programs that targets take one by one; null: it comes with Wirebench. */
export const runtimePrograms = { node: null, go: 'go-service' } as const satisfies Record<
  ServiceRuntime,
  string | null
>;
export type RuntimeProgram = NonNullable<(typeof runtimePrograms)[ServiceRuntime]>;
