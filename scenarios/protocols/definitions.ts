/** The targets that a scenario may hold: a line for each protocol. What is known of one without its targets stands in the registry. */
import { z } from 'zod';
import { type Protocol, protocols } from '../../result/result-types.ts';
import { grpc } from './grpc/definition.ts';
import type { ResolveContext, ResolvedAlike, TargetCheck } from './protocol-definition.ts';
import type { ProtocolFacts } from './protocol-facts.ts';
import { queue } from './queue/definition.ts';
import { factsOf, type Spoken } from './registry.ts';
import { rest } from './rest/definition.ts';
import { sqs } from './sqs/definition.ts';
import { stream } from './stream/definition.ts';
import { websocket } from './websocket/definition.ts';

/** Several of one protocol are told apart by `broker`. */
const definitions = [rest, grpc, websocket, queue, sqs, stream] as const;
type Definitions = typeof definitions;
type Definition = Definitions[number];

/** A target as the file has it. */
export type FileTarget = z.output<Definition['schema']>;
/** A target as it is run. */
export type Target = ReturnType<Definition['resolve']>;
/** What an own system is sent for an operation. */
export type Request = NonNullable<Target['requests']>[string];

/** What a definition does, for targets of which only the protocol is known. */
interface AnyDefinition {
  readonly name: Protocol;
  readonly forOwnSystems: readonly string[];
  readonly forOurService: readonly string[];
  check?(context: TargetCheck, target: FileTarget): void;
  resolve(
    target: Omit<FileTarget, 'resilience' | 'tls' | 'auth' | 'settled' | 'events'>,
    alike: ResolvedAlike,
    context: ResolveContext,
  ): Target;
  takes?(target: Target): string | null;
}

const byFacts: ReadonlyMap<ProtocolFacts, AnyDefinition> = new Map(
  definitions.map((definition) => [definition.facts, definition as unknown as AnyDefinition]),
);

export function definitionOf(target: Spoken): AnyDefinition {
  const definition = byFacts.get(factsOf(target));
  if (definition === undefined) throw new Error(`no protocol ${target.protocol}`);
  return definition;
}

type SomeOptions = [z.core.$ZodTypeDiscriminable];

/** By `protocol`, within it by `broker`. */
export const targetSchema = z.discriminatedUnion(
  'protocol',
  protocols.flatMap((protocol): z.core.$ZodTypeDiscriminable[] => {
    const all = definitions.flatMap(({ name, schema }) => (name === protocol ? [schema] : []));
    return all.length > 1 ? [z.discriminatedUnion('broker', all as unknown as SomeOptions)] : all;
  }) as unknown as SomeOptions,
) as unknown as z.ZodType<FileTarget>;

/** Protocols without a definition here, and keys of a file that get lost on the way to the contract: there must be none. */
type Kept<Key> = Key | (Key extends string ? `${Key}Ms` : never);
type Lost<File, Contract> = {
  [Key in keyof File]-?: Kept<Key> & keyof Contract extends never ? Key : never;
}[keyof File];
type Of<Union, Name> = Extract<Union, { readonly protocol: Name }>;
type RequestOf<Union, Name> =
  Of<Union, Name> extends { readonly requests?: Readonly<Record<string, infer One>> } ? One : never;
type Missing =
  | Exclude<Protocol, Definition['name']>
  | { [Name in Protocol]: Lost<Of<FileTarget, Name>, Of<Target, Name>> }[Protocol]
  | { [Name in Protocol]: Lost<RequestOf<FileTarget, Name>, RequestOf<Target, Name>> }[Protocol];
({}) satisfies Record<Missing, never>;
