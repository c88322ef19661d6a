/** Checks of what the client does about failures: the scenario's, and each target's with the scenario's merged in. */
import type { CheckContext, FileTarget } from './check-context.ts';
import { checkFallbacks } from './check-fallback.ts';
import type { Path } from './problem.ts';
import { type FileResilience, mergedResilience, resilienceSchema } from './resilience-schema.ts';

export function checkResilience(context: CheckContext): void {
  const { resilience = resilienceSchema.parse({}), targets } = context.file;
  check(context, resilience, ['resilience']);
  for (const [name, { resilience: own }] of Object.entries(targets ?? {})) {
    if (own !== undefined) check(context, mergedResilience(resilience, own), ['targets', name, 'resilience']);
  }
  checkBudgets(context, resilience, targets ?? {});
  checkFallbacks(context);
}

/** A budget where nothing is retried: somebody has forgotten `attempts`. */
function checkBudgets({ report }: CheckContext, common: FileResilience, targets: Readonly<Record<string, FileTarget>>) {
  const attemptsOf = (target: FileTarget) => mergedResilience(common, target.resilience).retry.attempts;
  const message = 'has nothing to bound: retry.attempts is 1, so that nothing is tried again';
  const all = Object.entries(targets);
  if (common.retry.budget !== undefined && all.every(([, target]) => attemptsOf(target) === 1)) {
    report({ path: ['resilience', 'retry', 'budget'], message, atKey: true });
  }
  for (const [name, target] of all) {
    if (target.resilience?.retry?.budget === undefined || attemptsOf(target) > 1) continue;
    report({ path: ['targets', name, 'resilience', 'retry', 'budget'], message, atKey: true });
  }
}

function check({ file, has, report }: CheckContext, resilience: FileResilience, path: Path): void {
  const { deadline, timeout, retry, limit, reconnect } = resilience;
  // What a target leaves out is wrong, if at all, in the scenario's own, and said there.
  const reportAt = (keys: Path, message: string) => {
    if (has([...path, ...keys])) report({ path: [...path, ...keys], message });
  };
  if (timeout !== undefined && timeout > deadline) {
    reportAt(['timeout'], `is longer than the deadline (${deadline}ms) of the whole operation`);
  }
  if (retry.base > retry.cap) {
    const key = has([...path, 'retry', 'base']) ? 'base' : 'cap';
    reportAt(
      ['retry', key],
      key === 'base' ? `is longer than the cap (${retry.cap}ms)` : `is shorter than the base (${retry.base}ms)`,
    );
  }
  if (reconnect !== undefined && reconnect.base > reconnect.cap) {
    reportAt(['reconnect'], `begins with a wait (${reconnect.base}ms) longer than its cap (${reconnect.cap}ms)`);
  }
  const threads = file.load?.threads;
  if (limit !== undefined && typeof threads === 'number' && limit.maxConcurrent < threads) {
    const message = `${limit.maxConcurrent} cannot be shared by ${threads} load threads; at least one each`;
    reportAt(['limit', 'maxConcurrent'], message);
  }
}
