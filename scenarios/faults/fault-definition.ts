/** What a fault is in a scenario: the shape of its windows, what is wrong with one, and how it is played. */
import { z } from 'zod';
import { loadTime, object } from '../schema/fields.ts';

const times = {
  at: loadTime().describe('Begin, from the end of warm-up: a duration or a share of load.duration.'),
  for: loadTime().describe('How long: a duration or a share of load.duration.'),
  within: loadTime()
    .optional()
    .describe('Begins at a moment up to so much after at, drawn by the seed anew for each repeat; left out: at `at`.'),
  every: loadTime()
    .optional()
    .describe('Again so long after each begin, as long as a whole window fits into the load; left out: once.'),
};

/** Of windows as they are played. */
export interface FaultTimes {
  /** Milliseconds after the end of warm-up. */
  readonly atMs: number;
  readonly forMs: number;
  /** It begins at a moment from `atMs` to so much later, drawn anew for each repeat; absent: at `atMs`. */
  readonly withinMs?: number;
  /** Over how much of the window, from its begin, the fault grows to its full size; absent: it is there at once. */
  readonly rampMs?: number;
  /** Of one that an operation begins: it waits for that one from `atMs` up to here, and then lasts `forMs`. */
  readonly untilMs?: number;
}

/** A setting that the fault cannot have, and why. */
export interface Unsuited {
  readonly key: string;
  readonly message: string;
}

export interface FaultSpec<Name extends string, Shape extends z.core.$ZodLooseShape, Settings> {
  readonly name: Name;
  readonly describes: string;
  /** Beside its times: where it acts, and its own settings. */
  readonly shape: Shape;
  /** What the schema cannot say. */
  check?(window: z.output<z.ZodObject<Shape>>): Unsuited[];
  /** As the runners have it: units in the names. */
  settings(window: z.output<z.ZodObject<Shape>>): Settings;
  /** When it acts, as the end of a sentence: `under added latency`; left out: reports name the condition. */
  circumstance?(settings: Settings): string;
  /** Of one that may grow (`ramp` in its shape): what it is at a share (0 to 1) of its size. */
  sized?(full: Settings, share: number): Settings;
  /** Its window is over once the part it hit is ready again. */
  readonly endsWhenReady?: true;
  /** The process that it hits ends at once, with all that it holds in memory. */
  readonly kills?: true;
}

export function defineFault<const Name extends string, Shape extends z.core.$ZodLooseShape, Settings>(
  spec: FaultSpec<Name, Shape, Settings>,
) {
  const { name, describes, shape } = spec;
  return { ...spec, schema: object({ fault: z.literal(name).describe(describes), ...times, ...shape }) };
}

/** A window of this fault as it is played. */
export type WindowOf<Fault> =
  Fault extends FaultSpec<infer Name, infer _, infer Settings>
    ? FaultTimes & { readonly fault: Name } & Readonly<Settings>
    : never;

export const ramp = loadTime()
  .optional()
  .describe('Over how much of the window it grows to its full size, in ten steps; left out: it is there at once.');

/** Complains of numbers that the proxy or the fault cannot count in. */
export function unlessWhole(key: string, value: number, message: string): Unsuited[] {
  return Number.isInteger(value) ? [] : [{ key, message }];
}
