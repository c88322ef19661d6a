/**
 * A load plan without the values that its scenario took of the environment: their names travel, and each agent puts its own
 * in. What cannot be put back exactly is not sent at all.
 */
import { isDeepStrictEqual } from 'node:util';
import { BenchError, exitCodes } from '../../result/bench-error.ts';

export interface Concealed<Plan> {
  readonly plan: Plan;
  /** Of the environment variables whose values are left out. */
  readonly variables: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `redact` turns values back into `${NAME}`. Throws a BenchError (exit 2) where the name does not stand for the value alone. */
export function concealPlan<Plan>(plan: Plan, redact: (plan: Plan) => Plan, env: Environment): Concealed<Plan> {
  const concealed = redact(plan);
  const variables = [...namesIn(concealed)].filter((name) => !namesIn(plan).has(name));
  if (isDeepStrictEqual(revealPlan(concealed, variables, env), plan)) return { plan: concealed, variables };
  throw new BenchError('secretNotShared', `A value of ${variables.join(' or ')} stands in the plan in another form`, {
    hint: 'Agents are told the names of such values alone. Write the setting so that the whole value stands in it as it is.',
    exitCode: exitCodes.usage,
  });
}

/** Throws a BenchError (exit 2) that names the variables which `env` lacks. */
export function revealPlan<Plan>(plan: Plan, variables: readonly string[], env: Environment): Plan {
  const missing = variables.filter((name) => env[name] === undefined);
  if (missing.length > 0) {
    throw new BenchError('valueMissing', `It has no value of ${missing.join(' and ')} in its environment`, {
      hint: 'The scenario takes it of the environment, and values do not travel: set it for each agent, as for the run.',
      exitCode: exitCodes.usage,
    });
  }
  const known = new Set(variables);
  const reveal = (text: string) =>
    text.replace(placeholder, (whole, name: string) => (known.has(name) ? (env[name] as string) : whole));
  return mapStrings(plan, reveal) as Plan;
}

const placeholder = /\$\{(\w+)\}/g;

function namesIn(value: unknown): Set<string> {
  const names = new Set<string>();
  mapStrings(value, (text) => {
    for (const [, name = ''] of text.matchAll(placeholder)) names.add(name);
    return text;
  });
  return names;
}

/** Keys are strings, too. */
export function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [map(key), mapStrings(item, map)]));
}
