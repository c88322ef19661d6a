/** `bench decide <result…>`: given what matters, who meets it, who misses it and by what, and what was never asked. */
import type { CommandModule } from 'yargs';
import { decisionFormats, decisionReporters } from '../reports/decide/decision-formats.ts';
import { renderDecision } from '../reports/decide/decision-terminal.ts';
import { exitCodes } from '../result/bench-error.ts';
import { decide } from '../result/decide/decide.ts';
import { plannedAway } from '../result/decide/outage-parts.ts';
import { type RequirementWords, readRequirements } from '../result/decide/requirements.ts';
import { cleanTexts } from '../result/printable.ts';
import type { DecisionResult } from '../result/schema/decision-schema.ts';
import { list, several, text } from './option-shapes.ts';
import { printedOutputs } from './outputs.ts';
import { readResult } from './read-result.ts';
import { shippedQuestions } from './shipped-questions.ts';
import { usageError } from './usage-error.ts';
import { printOutputs, useColour, writeOutputs } from './write-reports.ts';

interface DecideArguments extends RequirementWords {
  readonly results: readonly string[];
  readonly target?: readonly string[] | undefined;
  readonly format: string;
}

export const decideCommand: CommandModule<object, DecideArguments> = {
  command: 'decide <results..>',
  describe: 'given what matters: which targets of stored results meet it, which miss by what, what was never asked',
  builder: (parser) =>
    parser
      .positional('results', {
        ...several,
        describe: 'result folders, of one scenario or of several',
      })
      .option('latency', {
        ...list,
        describe: 'p99 at most, e.g. 100ms; "p90 100ms", "delivered p99 2s" (again for more)',
      })
      .option('survive', {
        ...list,
        describe: 'what may be away without failures: service, broker, network, or a part by name',
      })
      .option('lose', { ...text, describe: '`nothing` of what was acknowledged' })
      .option('order', { ...text, describe: '`per-key`' })
      .option('stale', {
        ...text,
        describe: 'p99 from being handed over to being applied, or of what caches show, e.g. 1s',
      })
      .option('failed', {
        ...text,
        default: '0%',
        describe: 'of what is offered while something is away, what may fail and it still survives',
      })
      .option('risk', {
        ...text,
        default: '50%',
        describe: 'of outages, what could be struck unseen (95 %) and it still meets: 50% takes 5 outages, 20% 14',
      })
      .option('target', { ...list, describe: 'only this one (again for more)' })
      .option('format', {
        ...text,
        default: 'terminal',
        describe: `what is printed: ${decisionFormats.join(', ')}; NAME=PATH: to that file, NAME=-: to stdout`,
      }),
  handler: (args) => {
    const outputs = printedOutputs(args.format, decisionFormats, ['terminal'], false);
    const runs = args.results.map((name) => ({ name, result: selected(readResult(name), args.target) }));
    const inResults = runs.flatMap(({ result }) => [...plannedAway(result.plan.conditions).values()].flat());
    const known = () => [...inResults, ...shippedQuestions().flatMap(({ away }) => away)];
    const decision = decide(runs, readRequirements(args, known), shippedQuestions);
    writeOutputs(decisionReporters, decision, null, outputs, exitCodes.notWritten);
    printOutputs(decisionReporters, outputs, decision, () => {
      const options = { colour: useColour(process.stdout), width: process.stdout.columns ?? 160 };
      process.stdout.write(renderDecision(cleanTexts(decision), options));
    });
    process.exitCode = decisionExitCode(decision);
  },
};

function selected(result: ReturnType<typeof readResult>, targets: readonly string[] | undefined) {
  if (targets === undefined) return result;
  const trials = result.trials.filter(({ target }) => targets.includes(target));
  if (trials.length > 0) return { ...result, trials };
  const there = [...new Set(result.trials.map(({ target }) => target))];
  throw usageError(`--target: ${targets.join(', ')} played nothing here`, `There are ${there.join(', ')}.`);
}

/** One that meets all of it is what was looked for; where there is none, what is open outranks what is known to miss. */
function decisionExitCode({ groups }: DecisionResult): number {
  const answers = groups.flatMap(({ targets }) => targets.map(({ answer }) => answer));
  if (answers.includes('meets')) return exitCodes.done;
  return answers.length > 0 && answers.every((answer) => answer === 'misses') ? exitCodes.threshold : exitCodes.invalid;
}
