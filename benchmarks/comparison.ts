/** Ours beside its peers on one task: rounds in alternating order, ratios within a round, medians over the rounds. */
import { doubtsOf, type GoalLine, meets } from './goal-line.ts';
import type { LoadTool, RunLengths, ToolRound } from './load-tool.ts';
import { playRound } from './load-tool.ts';
import { type Spread, spreadOf } from './spread.ts';

/** `fixedRate`: open model, CPU a request counts. `highest`: closed model, throughput per CPU-second counts. */
export type Model = 'fixedRate' | 'highest';

export interface Comparison {
  readonly title: string;
  readonly model: Model;
  readonly lengths: RunLengths;
  readonly ours: LoadTool;
  readonly peers: readonly LoadTool[];
  /** Peer → the goal for ours ÷ peer: at most, of CPU a request; at least, of throughput per CPU-second. */
  readonly goals: Readonly<Record<string, number>>;
}

export interface ToolSummary {
  readonly name: string;
  readonly unequal: readonly string[];
  readonly cpuUsPerRequest: Spread;
  readonly perSecond: Spread;
  readonly peakRssBytes: Spread;
  readonly failed: number;
  /** Null for ours itself. */
  readonly ratio: RatioSummary | null;
  readonly rounds: readonly ToolRound[];
}

export interface RatioSummary {
  /** Ours ÷ this peer, within each round. */
  readonly spread: Spread;
  readonly goal: number | null;
  readonly isMet: boolean | null;
}

export interface ComparisonSummary {
  readonly title: string;
  readonly model: Model;
  readonly lengths: RunLengths;
  readonly tools: readonly ToolSummary[];
  /** Rounds that were asked for and not begun, for want of time. */
  readonly roundsLeftOut: number;
}

export interface PlayOptions {
  readonly rounds: number;
  /** No round begins after this, but the first. */
  readonly deadlineMs: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Rounds of all comparisons in turn, so that a machine that gets slower or faster does so for all of them. What has no goal
 * is played in the first round only.
 */
export async function playComparisons(
  comparisons: readonly Comparison[],
  options: PlayOptions,
): Promise<ComparisonSummary[]> {
  const { rounds, deadlineMs, log, signal } = options;
  const startedMs = performance.now();
  const played = comparisons.map(
    ({ ours, peers }) => new Map([ours, ...peers].map((tool) => [tool, [] as ToolRound[]])),
  );
  let round = 0;
  for (let longestMs = 0; round < rounds; round++) {
    const roundStartedMs = performance.now();
    if (round > 0 && roundStartedMs - startedMs + longestMs > deadlineMs) break;
    for (const [index, { title, lengths, ours, goals }] of comparisons.entries()) {
      const hasGoals = Object.keys(goals).length > 0;
      const isPlayed = (tool: LoadTool) => round === 0 || (tool === ours ? hasGoals : Object.hasOwn(goals, tool.name));
      const tools = [...(played[index] ?? [])].filter(([tool]) => isPlayed(tool));
      for (const [tool, readings] of round % 2 === 0 ? tools : tools.reverse()) {
        const reading = await playRound(tool, lengths, signal);
        readings.push(reading);
        log(`round ${round + 1} of ${rounds}, ${title}: ${tool.name} ${readingInWords(reading)}`);
      }
    }
    longestMs = Math.max(longestMs, performance.now() - roundStartedMs);
  }
  return comparisons.map((comparison, index) => summarise(comparison, played[index] ?? new Map(), rounds - round));
}

function readingInWords({ cpuUsPerRequest, perSecond }: ToolRound): string {
  return `${cpuUsPerRequest.toFixed(1)} µs a request, ${Math.round(perSecond)}/s`;
}

function summarise(
  { title, model, lengths, ours, goals }: Comparison,
  played: ReadonlyMap<LoadTool, readonly ToolRound[]>,
  roundsLeftOut: number,
): ComparisonSummary {
  const oursPlayed = played.get(ours) ?? [];
  const tools = [...played].map(([tool, rounds]) => ({
    name: tool.name,
    unequal: tool.unequal,
    cpuUsPerRequest: spreadOf(rounds.map((round) => round.cpuUsPerRequest)),
    perSecond: spreadOf(rounds.map((round) => round.perSecond)),
    peakRssBytes: spreadOf(rounds.map((round) => round.peakRssBytes)),
    failed: rounds.reduce((sum, round) => sum + round.failed, 0),
    ratio: tool === ours ? null : ratioOf(model, oursPlayed, rounds, goals[tool.name] ?? null),
    rounds,
  }));
  return { title, model, lengths, tools, roundsLeftOut };
}

/** Throughput per CPU-second is the inverse of CPU a request, so there ours ÷ peer is peer's CPU ÷ our CPU. */
export function ratioOf(
  model: Model,
  ours: readonly Pick<ToolRound, 'cpuUsPerRequest'>[],
  peer: readonly Pick<ToolRound, 'cpuUsPerRequest'>[],
  goal: number | null,
): RatioSummary {
  const ratios = ours.flatMap(({ cpuUsPerRequest: own }, round) => {
    const other = peer[round]?.cpuUsPerRequest;
    if (other === undefined) return [];
    return [model === 'fixedRate' ? own / other : other / own];
  });
  const spread = spreadOf(ratios);
  if (goal === null) return { spread, goal, isMet: null };
  return { spread, goal, isMet: meets(spread, model === 'fixedRate' ? '≤' : '≥', goal) };
}

/** One line for each peer. */
export function goalLinesOf({ title, model, tools }: ComparisonSummary): GoalLine[] {
  const ours = tools.find(({ ratio }) => ratio === null);
  if (ours === undefined) return [];
  return tools.flatMap(({ name, cpuUsPerRequest, ratio }) => {
    if (ratio === null) return [];
    const line: GoalLine = {
      task: title,
      figure: 'CPU a request, µs',
      ours: ours.cpuUsPerRequest,
      beside: { name, figure: cpuUsPerRequest },
      measured: ratio.spread,
      sign: model === 'fixedRate' ? '≤' : '≥',
      goal: ratio.goal,
      isMet: ratio.isMet,
      doubts: doubtsOf(ours.rounds.map(({ verdict }) => verdict?.reasons ?? [])),
    };
    return [line];
  });
}
