/** What a reader should know of the results before relying on a decision. */
import type { NamedRun } from '../compare/compared-sides.ts';
import { type Candidate, settingsOf } from './candidates.ts';

/** `named`: all that were given; `runs`: each of them once. */
export function decisionNotes(
  named: readonly NamedRun[],
  runs: readonly NamedRun[],
  candidates: readonly Candidate[],
): string[] {
  return [
    ...named
      .filter((run) => !runs.includes(run))
      .map(({ name }) => `${name} is a run that was given already: it counts once.`),
    ...runs.flatMap(({ name, result: { status, trials, run } }) =>
      status === 'complete' ? [] : [`${name} is ${status}: ${trials.length} of ${run.trialsPlanned} trials.`],
    ),
    ...differing(runs, 'commits of Wirebench', ({ environment }) => environment.gitCommit ?? 'unknown'),
    ...differing(runs, 'machines', ({ environment: { cpu, cores, os } }) => `${cpu}, ${cores} cores, ${os}`),
    ...differing(runs, 'versions of the brokers', ({ environment: { versions } }) =>
      ['rabbitmq', 'kafka', 'elasticmq']
        .flatMap((part) => (versions[part] ? [`${part} ${versions[part]}`] : []))
        .join(', '),
    ),
    ...sameArrivals(runs),
    ...twice(candidates),
  ];
}

function differing(runs: readonly NamedRun[], what: string, of: (result: NamedRun['result']) => string): string[] {
  const values = Map.groupBy(
    runs.filter(({ result }) => of(result) !== ''),
    ({ result }) => of(result),
  );
  if (values.size < 2) return [];
  const each = [...values].map(([value, those]) => `${those.map(({ name }) => name).join(', ')}: ${value}`);
  return [`The results are of different ${what}: ${each.join('; ')}.`];
}

/** Repeats of two runs of one seed are told together all the same: each run met the machine as it was then. */
function sameArrivals(runs: readonly NamedRun[]): string[] {
  const alike = Map.groupBy(runs, ({ result: { run } }) => JSON.stringify([run.scenario, run.seed]));
  return [...alike.values()].flatMap((those) => {
    const [first] = those;
    if (first === undefined || those.length < 2) return [];
    const { scenario, seed } = first.result.run;
    return [
      `${those.map(({ name }) => name).join(', ')} play ${scenario} with the same seed, ${seed}: the same arrivals, so that intervals say nothing of others. --seed sets another one.`,
    ];
  });
}

/** The same name twice within a group: which settings set them apart. */
function twice(candidates: readonly Candidate[]): string[] {
  const groups = Map.groupBy(candidates, (one) => JSON.stringify([one.target, one.completion, variantOf(one)]));
  return [...groups.values()].flatMap(([first, ...others]) =>
    others.flatMap((other) => {
      if (first === undefined) return [];
      const [one, two] = [settingsIn(first), settingsIn(other)];
      const names = [...new Set([...Object.keys(one), ...Object.keys(two)])].filter(
        (name) => JSON.stringify(one[name]) !== JSON.stringify(two[name]),
      );
      const each = names.map((name) => `${name} ${text(one[name])} and ${text(two[name])}`);
      const why = each.length === 0 ? 'what an acknowledgement is worth' : each.join('; ');
      return [`${first.label} and ${other.label} are two targets: ${why}.`];
    }),
  );
}

function variantOf({ played }: Candidate): unknown {
  return played[0]?.trial.variant;
}

function settingsIn({ target, played }: Candidate): Readonly<Record<string, unknown>> {
  return played[0] === undefined ? {} : settingsOf(played[0].run, target);
}

function text(value: unknown): string {
  return value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
}
