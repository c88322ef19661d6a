/** Checks of what a client answers itself: a second transport is another target of ours, and has none of its own. */
import { closestName } from '../../result/closest-name.ts';
import { type CheckContext, type FileTarget, suggestionFor } from './check-context.ts';
import type { Path } from './problem.ts';
import type { FileFallback } from './resilience-schema.ts';

export function checkFallbacks(context: CheckContext): void {
  const { file, report } = context;
  const common = file.resilience?.fallback;
  checkTo(context, common, ['resilience', 'fallback']);
  if (typeof common === 'object' && common.kind === 'transport') {
    const message = 'transport is for one target: write it in that target’s own resilience';
    report({ path: ['resilience', 'fallback'], message, atKey: true });
  }
  for (const [name, target] of Object.entries(file.targets ?? {})) {
    const path = ['targets', name, 'resilience', 'fallback'];
    const fallback = target.resilience?.fallback;
    checkTo(context, fallback, path);
    if (typeof fallback === 'object' && fallback.kind === 'transport' && fallback.to !== undefined)
      checkTransport(context, name, { target, to: fallback.to }, path);
  }
}

function checkTo({ report }: CheckContext, fallback: FileFallback | undefined, path: Path): void {
  if (typeof fallback !== 'object') return;
  const { kind, to } = fallback;
  if (kind === 'transport' && to === undefined) {
    report({ path: [...path, 'kind'], message: 'transport needs `to`, the name of another target' });
  }
  if (kind !== 'transport' && to !== undefined) {
    report({ path: [...path, 'to'], message: `is of kind: transport; ${kind} asks nobody`, atKey: true });
  }
}

function checkTransport(
  context: CheckContext,
  name: string,
  { target, to }: { readonly target: FileTarget; readonly to: string },
  path: Path,
): void {
  const { file, has, report } = context;
  const here = [...path, 'to'];
  const complain = (message: string, suggestion?: string) =>
    report({ path: here, message, ...(suggestion !== undefined && { suggestion }) });
  const known = context.namesOf('targets');
  const other = file.targets?.[to];
  if (to === name) complain('is the target itself; name another one');
  else if (!known.includes(to)) complain(`there is no target ${to}`, suggestionFor(closestName(to, known), known));
  else if (has(['targets', name, 'address']) || has(['targets', to, 'address']))
    complain('is for our own services; of an own system the client may answer by stale or default');
  else if (led(target)) complain('is for a service alone, not for flows and chains');
  else if (other !== undefined) {
    const obstacle = obstacleOf(other);
    if (obstacle !== null) complain(`${to} ${obstacle}`);
  }
}

function led(target: FileTarget): boolean {
  return ('flow' in target && target.flow !== undefined) || ('chain' in target && target.chain !== undefined);
}

/** What would need more than a service and a link beside. */
function obstacleOf(target: FileTarget): string | null {
  const values: Readonly<Record<string, unknown>> = target;
  const key = ['flow', 'chain', 'gateway', 'cache', 'tls', 'auth'].find(
    (one) => values[one] !== undefined && values[one] !== 'none',
  );
  if (key !== undefined) return `has ${key}, which a second transport cannot have`;
  if ((target.instances ?? 1) > 1) return 'has several instances; a second transport has one';
  return (target.engine ?? 'native') === 'native' ? null : `is of ${target.engine}; a second transport is native`;
}
