/** Versions of the reference services' interface: beside each other, of the same orders. */
export const apiVersions = [1, 2] as const;
export type ApiVersion = (typeof apiVersions)[number];

/** Of operations that do not say. */
export const firstVersion: ApiVersion = 1;

/** What answers to calls of a version say of its end; dates are days, UTC. */
export interface Deprecation {
  readonly version: ApiVersion;
  readonly since: string;
  readonly sunset?: string;
}
