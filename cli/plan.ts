/** `bench plan`: the trials a scenario stands for, and how long they take; nothing is started. */

import type { CommandModule } from 'yargs';
import { ownValue } from '../result/own-value.ts';
import { type AgentPart, agentParts, requireShareable } from '../runners/agents/agent-shares.ts';
import { planTrials, type TrialPlan } from '../runners/plan-trials.ts';
import { satOut } from '../scenarios/places.ts';
import type { Load, RateStage, Scenario, UserStage } from '../scenarios/scenario.ts';
import { print, printNote } from './print.ts';
import { agentCount, agentOptions } from './run-agents.ts';
import { openScenario, type ScenarioArguments, scenarioOptions } from './scenario-options.ts';

interface PlanArguments extends ScenarioArguments {
  readonly scenario: string;
  readonly json?: boolean | undefined;
  readonly agents?: string | undefined;
}

export const planCommand: CommandModule<object, PlanArguments> = {
  command: 'plan <scenario>',
  describe: 'print the trials that run would run, and for how long',
  builder: (yargs) =>
    yargs
      .positional('scenario', { type: 'string', demandOption: true, describe: 'scenario file' })
      .options(scenarioOptions)
      .option('agents', {
        ...agentOptions.agents,
        describe: 'what each of so many `bench agent` would make of the load',
      })
      .option('json', { type: 'boolean', describe: 'as JSON' }),
  handler: (options) => {
    const { plan, scenario, notes } = openScenario(options.scenario, options);
    const trials = planTrials(scenario);
    for (const note of notes) printNote(`${note}\n`);
    const agents = agentCount({ agents: options.agents });
    if (agents !== null) requireShareable(scenario, agents);
    const parts = agents === null ? [] : agentParts(scenario, agents);
    print(options.json ? planJson(plan, trials, notes, parts) : `${planText(plan, trials)}${agentsText(parts)}`);
  },
};

function totalOf(trials: readonly TrialPlan[]): number {
  return trials.reduce((sum, { plannedMs }) => sum + plannedMs, 0);
}

function planJson(
  scenario: Scenario,
  trials: readonly TrialPlan[],
  notes: readonly string[],
  agents: readonly AgentPart[],
): string {
  const { name, question } = scenario;
  const sitting = satOut(scenario);
  const whole = {
    scenario: name,
    question: question ?? null,
    totalMs: totalOf(trials),
    trials,
    notes,
    satOut: sitting,
  };
  return `${JSON.stringify({ ...whole, ...(agents.length > 0 && { agents }) }, null, 2)}\n`;
}

function planText(plan: Scenario, trials: readonly TrialPlan[]): string {
  const { name, question, load, repeats, targets, conditions } = plan;
  const count = (entries: object, noun: string) => {
    const { length } = Object.keys(entries);
    return `${length} ${noun}${length === 1 ? '' : 's'}`;
  };
  const upTo = load.warmupUntilSteady ? 'up to ' : '';
  const isWhole = satOut(plan).length === 0;
  const head = [
    name,
    ...(question === undefined ? [] : [question]),
    `${describeLoad(load)}, ${durationText(load.durationMs)} after ${upTo}${durationText(load.warmupMs)} of warm-up`,
    `${count(targets, 'target')}${variantsText(plan)} × ${count(conditions, 'condition')} × ${repeats} repeat${repeats === 1 ? '' : 's'}${isWhole ? '' : ' but for what is sat out'} = ${count(trials, 'trial')}, ${upTo === '' ? 'about ' : upTo}${durationText(totalOf(trials))} without set-up`,
  ];
  const rows = trials.map(({ id, plannedMs }, index) => [String(index + 1), id, `${upTo}${durationText(plannedMs)}`]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map(([number = '', id = '', time = '']) => {
    return `  ${number.padStart(widths[0] ?? 0)}  ${id.padEnd(widths[1] ?? 0)}  ${time}`;
  });
  const sitting = satOut(plan).map(
    ({ target, condition, lacks }) => `${target} sits out ${condition}: it has ${lacks}`,
  );
  if (sitting.length > 0) lines.push('', ...sitting.map((line) => `  ${line}`));
  return `${[...head, '', ...lines].join('\n')}\n`;
}

/** What each agent makes of the load: those of a kind on one line. */
function agentsText(parts: readonly AgentPart[]): string {
  if (parts.length === 0) return '';
  const lines = new Map<string, number[]>();
  for (const { target, agent, workers, connections, ratePerSecond, users } of parts) {
    const load = ratePerSecond === null ? countText(users ?? 0, 'user') : `${Number(ratePerSecond.toPrecision(4))}/s`;
    const held = connections === null ? '' : `, ${countText(connections, 'connection')}`;
    const line = `${target}: ${countText(workers, 'worker')}${held}, ${load} each`;
    lines.set(line, [...(lines.get(line) ?? []), agent]);
  }
  return `\n${[...lines].map(([line, agents]) => `  ${countText(agents.length, 'agent')} of ${line}`).join('\n')}\n`;
}

function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function variantsText({ sweep, targets }: Scenario): string {
  if (Object.keys(sweep).length === 0) return '';
  const variants = Object.keys(targets).reduce((sum, name) => sum + (ownValue(sweep, name)?.length ?? 1), 0);
  return ` in ${variants} variants`;
}

function describeLoad(load: Load): string {
  if (load.model === 'open') {
    if (load.search !== null) {
      const { slo, fromPerSecond, toPerSecond } = load.search;
      const objectives = slo.map(({ expression }) => expression).join(' and ');
      return `open model, the highest rate with ${objectives}, ${fromPerSecond}/s to ${toPerSecond}/s`;
    }
    if (load.recording !== null) return `open model, arrivals as recorded in ${load.recording.path}`;
    return `open model, ${load.arrivals} arrivals at ${load.stages.map(stageText).join(', ')}`;
  }
  const { userStages: stages } = load;
  const users = stages === undefined ? `${load.users} users` : `users ${stages.map(userStageText).join(', ')}`;
  return `closed model, ${users}, ${durationText(load.thinkTimeMs)} think time`;
}

function userStageText({ forMs, fromUsers, toUsers }: UserStage): string {
  return `${fromUsers === toUsers ? toUsers : `${fromUsers}–${toUsers}`} for ${durationText(forMs)}`;
}

function stageText({ forMs, fromPerSecond, toPerSecond }: RateStage, _n: number, all: readonly RateStage[]): string {
  const rate = fromPerSecond === toPerSecond ? `${toPerSecond}/s` : `${fromPerSecond}–${toPerSecond}/s`;
  return all.length === 1 ? rate : `${rate} for ${durationText(forMs)}`;
}

/** `3 min 20 s`, `15 s`, `250 ms`. */
export function durationText(durationMs: number): string {
  if (durationMs > 0 && durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  const seconds = Math.round(durationMs / 100) / 10;
  if (seconds < 60) return `${seconds} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const parts = [
    hours > 0 ? `${hours} h` : '',
    minutes > 0 ? `${minutes} min` : '',
    rest > 0 && hours === 0 ? `${rest} s` : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}
