/** What a protocol is in a scenario: the shape of its targets, what is wrong with one, and how it is run. */
import { z } from 'zod';
import type { Pattern } from '../../result/result-types.ts';
import { object } from '../schema/fields.ts';
import type { Finding, Path } from '../schema/problem.ts';
import type { TargetBase } from '../target-base.ts';
import type { ProtocolFacts } from './protocol-facts.ts';

/** What a check sees around its target. Paths begin at the target. */
export interface TargetCheck {
  /** Relative paths of files start here. */
  readonly directory: string;
  /** Those of the workload. */
  readonly operationNames: readonly string[];
  patternOf(operation: string): Pattern;
  /** What an operation carries; null: nothing, or it cannot be told. */
  payloadOf(operation: string): { readonly name: string; readonly bytes: number } | null;
  /** Whether the target has something at this path, be it right or faulty. */
  has(path: Path): boolean;
  report(finding: Finding): void;
}

/** What is resolved the same way for every protocol. */
export type ResolvedAlike = Pick<
  TargetBase,
  'name' | 'resilience' | 'tls' | 'tlsMode' | 'auth' | 'settled' | 'events' | 'subscription'
>;

export interface ResolveContext {
  /** Relative paths of files start here. */
  readonly directory: string;
  /** How many of its broker are started for the run. */
  readonly brokers: number;
}

type Written<Name extends string, Shape extends z.core.$ZodLooseShape> = z.output<z.ZodObject<Shape>> & {
  readonly protocol: Name;
};

export interface ProtocolSpec<
  Name extends string,
  Shape extends z.core.$ZodLooseShape,
  Resolved extends Omit<TargetBase, 'protocol'> & { readonly protocol: Name },
> {
  readonly name: Name;
  /** Of the wire: those that the registry has. */
  readonly facts: ProtocolFacts;
  readonly describes: string;
  /** With what `sharedShape` has. */
  readonly shape: Shape;
  /** Keys beside the shared ones that only mean something for an own system. */
  readonly forOwnSystems: readonly (keyof Shape & string)[];
  /** Keys of how our reference service takes messages; an own system settles that for itself. */
  readonly forOurService: readonly (keyof Shape & string)[];
  /** What the schema cannot say, beside what is wrong with any target. */
  check?(context: TargetCheck, target: Written<Name, Shape>): void;
  /** `target` has passed all checks. */
  resolve(
    target: Omit<Written<Name, Shape>, 'resilience' | 'tls' | 'auth' | 'settled' | 'events'>,
    alike: ResolvedAlike,
    context: ResolveContext,
  ): Resolved;
  /** What a run takes of others' messages in an own system, as a sentence without its end; left out: nothing. */
  takes?(target: Resolved): string | null;
}

export function defineProtocol<
  const Name extends string,
  Shape extends z.core.$ZodLooseShape,
  Resolved extends Omit<TargetBase, 'protocol'> & { readonly protocol: Name },
>(spec: ProtocolSpec<Name, Shape, Resolved>) {
  const { name, describes, shape } = spec;
  return { ...spec, schema: object({ protocol: z.literal(name).describe(describes), ...shape }) };
}
