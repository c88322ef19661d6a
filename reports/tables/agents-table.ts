/** Who made the load, and how well: one that is slow among many does not show in what all of them measured together. */
import type { AgentResult, TrialResult } from '../../result/result-types.ts';
import { type Verdict, verdictStatuses } from '../../result/schema/verdict-schema.ts';
import { formatCount, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table } from '../text/table.ts';

/** Of very many, those that one would look for. */
const mostShown = 16;

/** null: the load was made by the process of the run. Of each agent the worst of these trials. */
export function agentsTable(trials: readonly TrialResult[]): Table | null {
  const all = Map.groupBy(
    trials.flatMap(({ agents = [] }) => agents),
    ({ name, host }) => (name === host ? name : `${name} (${host})`),
  );
  if (all.size === 0) return null;
  const rows = [...all].map(([name, agents]) => rowOf(name, agents));
  const shown = rows.toSorted((one, other) => badness(other.status) - badness(one.status)).slice(0, mostShown);
  const isAll = shown.length === rows.length;
  return {
    title: `agents: who made the load, each by the worst of its trials${isAll ? '' : `; ${mostShown} of ${rows.length}`}`,
    spans: [],
    columns: [
      nameColumn('agent'),
      ...figureColumns('trials', 'lost', 'offered', 'send lag p99', 'canary p99', 'clock ±', 'CPU busy'),
    ],
    rows: isAll ? rows : shown,
  };
}

function rowOf(name: string, agents: readonly AgentResult[]): Row {
  const worst = (of: (agent: AgentResult) => number | null | undefined) => {
    const known = agents.map(of).filter((value) => value !== null && value !== undefined);
    return known.length === 0 ? null : Math.max(...known);
  };
  const time = (us: number | null) => (us === null ? '–' : formatUs(us));
  const cpuBusy = worst((agent) => agent.cpuBusy);
  return {
    cells: [
      name,
      formatCount(agents.length),
      formatCount(agents.filter(({ lost }) => lost !== undefined).length),
      formatCount(agents.reduce((sum, { offered }) => sum + offered, 0)),
      time(worst(({ sendLagP99Us }) => sendLagP99Us)),
      time(worst(({ canary }) => canary?.p99Us)),
      time(worst(({ clock }) => clock.boundUs)),
      cpuBusy === null ? '–' : `${Math.round(cpuBusy * 100)} %`,
    ],
    status: verdictStatuses.findLast((status) => agents.some((agent) => agent.status === status)) ?? 'valid',
  };
}

function badness(status: Verdict['status']): number {
  return verdictStatuses.indexOf(status);
}
