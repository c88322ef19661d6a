/** Checks of flows: what is asked for as a flow goes to targets that have one, and the other way round. */
import type { CheckContext } from './check-context.ts';
import type { Path } from './problem.ts';
import { settledPlaceNames } from './settled-schema.ts';

export function checkFlow(context: CheckContext): void {
  const { file, has, report } = context;
  const operations = Object.entries(file.workload?.operations ?? {});
  const flows = operations.filter(([, { pattern }]) => pattern === 'flow').map(([name]) => name);
  const targets = Object.entries(file.targets ?? {});
  const [flow] = flows;
  for (const [name, target] of targets) {
    const path = ['targets', name];
    const isOwn = has([...path, 'address']);
    const led = target.protocol === 'rest' && target.flow !== undefined ? target : null;
    const complain = (key: string, message: string) => report({ path: [...path, key], message, atKey: true });
    if (isOwn) {
      checkOwnFlow(context, flow, path);
      continue;
    }
    if (led === null) {
      if (flow === undefined) continue;
      const message = `operation ${flow} is a flow, and this target has none: protocol: rest, with flow: { style, over }`;
      report({ path, message, atKey: true });
      continue;
    }
    for (const key of ['store', 'instances', 'gateway', 'batch'] as const) {
      if (led[key] !== undefined)
        complain(key, 'does not go with flow: each part is one process with a file of its own');
    }
    if ((target.engine ?? 'native') !== 'native') complain('engine', 'flows are for the native engine');
    for (const key of ['slow', 'unreadableRatio'] as const) {
      if (has(['workload', 'service', key]))
        complain('flow', `does not go with workload.service.${key}: no part knows it`);
    }
    const other = operations.find(([, { pattern }]) => pattern !== 'flow');
    if (other !== undefined) complain('flow', `operation ${other[0]} is no flow: give it pattern: flow`);
  }
  for (const name of flows) {
    const { does = name } = file.workload?.operations[name] ?? {};
    const isReference = targets.some(([target]) => !has(['targets', target, 'address']));
    if (!isReference || does === 'placeOrder') continue;
    const message = 'a flow begins with an order: does: placeOrder';
    report({ path: ['workload', 'operations', name], message, atKey: true });
  }
  if (has(['workload', 'flow']) && flow === undefined) {
    report({ path: ['workload', 'flow'], message: 'is for operations with pattern: flow; there is none', atKey: true });
  }
}

/** What happens behind the user's own entry only an event can tell. */
function checkOwnFlow({ has, report }: CheckContext, flow: string | undefined, path: Path): void {
  const isSettled = has([...path, 'settled']);
  if (flow !== undefined && !isSettled) {
    const places = settledPlaceNames.join(' | ');
    const message = `operation ${flow} is a flow: say by which event it is settled, settled: { ${places} }, or make it one-way`;
    report({ path, message, atKey: true });
  }
  if (flow === undefined && isSettled) {
    const message = 'is for operations with pattern: flow; there is none';
    report({ path: [...path, 'settled'], message, atKey: true });
  }
}
