/** A calibration on a terminal: what was recorded beside what is true, the pacing, the highest rate. Pure. */
import type { CalibrationResult, DelayCheck, HighestRate } from '../../result/calibration-result.ts';
import type { Protocol } from '../../result/result-types.ts';
import { formatCount, formatDuration, formatRate, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';
import { paletteFor } from './terminal-palette.ts';
import { renderTable } from './terminal-table.ts';
import { wrap } from './terminal-text.ts';

export function renderCalibration(result: CalibrationResult, options: { colour: boolean; width: number }): string {
  const { width } = options;
  const palette = paletteFor(options.colour);
  const byProtocol = [...Map.groupBy(result.delays, ({ protocol }) => protocol)];
  const tables = [
    resolutionTable(result),
    ...byProtocol.map(([protocol, checks]) => delayTable(protocol, checks)),
    stallTable(result),
    pacingTable(result),
    rateTable(result),
  ];
  const lines = [
    ...introduction(result).flatMap((line) => wrap(line, width)),
    ...tables.filter(({ rows }) => rows.length > 0).flatMap((table) => renderTable(table, width, palette)),
    '',
    ...explanations(result).flatMap((line) => wrap(line, width)),
  ];
  return `${lines.join('\n')}\n`;
}

function introduction({ environment, loadAverageBefore, status, quick, startedAt, finishedAt }: CalibrationResult) {
  const { cpu, cores, node, versions } = environment;
  const parts = Object.entries(versions).map(([name, version]) => `, ${name} ${version}`);
  const took = formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
  return [
    `${cpu}, ${cores} cores, Node ${node}${parts.join('')}; ${quick ? 'quick, ' : ''}${took}`,
    `Load average before the start: ${loadAverageBefore}${loadAverageBefore > 0.5 ? ' – others were at work on this machine' : ''}`,
    ...(status === 'interrupted' ? ['Interrupted: this is what was measured until then.'] : []),
  ];
}

/** A protocol's checks; they fit 80 columns, which is why the verdicts stand in the title. */
function delayTable(protocol: Protocol, checks: readonly DelayCheck[]): Table {
  const verdicts = checks.map(({ told, verdict }) => `${told} ${verdict.status}`);
  return {
    title: `${protocol}: ${verdicts.join(', ')}; floor ${timeOf(checks[0]?.floorUs ?? null)}`,
    spans: [
      { text: '', columns: 2 },
      { text: 'response time', columns: 3 },
      { text: 'recorded against', columns: 3 },
    ],
    columns: [
      nameColumn('service'),
      ...figureColumns('at', 'truth', 'service', 'recorded', 'truth', 'with floor', 'service'),
    ],
    rows: checks.flatMap((check) =>
      check.figures.map((figure): Row => {
        const times = [figure.truthUs, figure.serviceUs, figure.recordedUs].map(timeOf);
        const errors = [figure.error, figure.errorBeyondFloor, figure.errorToService].map(errorText);
        const name = `p${Math.round(figure.quantile * 100)}`;
        return { cells: [check.told, name, ...times, ...errors], status: check.verdict.status };
      }),
    ),
  };
}

/** The smallest figure that a trial's verdict takes for known. */
const knownFrom = 10;

function resolutionTable({ resolutions }: CalibrationResult): Table {
  const error = (us: number | null | undefined) => (us === null || us === undefined ? 'too few' : `± ${formatUs(us)}`);
  return {
    title: 'This machine’s resolution: the instrument’s own error over a service without delay',
    spans: [
      { text: '', columns: 2 },
      { text: 'response', columns: 2 },
      { text: 'own error', columns: 3 },
      { text: 'known to 10 % from', columns: 2 },
    ],
    columns: [nameColumn('protocol'), ...figureColumns('rate', 'p50', 'p99', 'floor', 'p50', 'p90', 'p50', 'p90')],
    rows: resolutions.map(({ protocol, ratePerSecond, p50Us, p99Us, canary, verdict }) => {
      const from = (us: number | null | undefined) =>
        us === null || us === undefined ? '–' : formatUs(us * knownFrom);
      const errors = [timeOf(canary?.floorUs ?? null), error(canary?.p50Us), error(canary?.p90Us)];
      const cells = [protocol, perSecond(ratePerSecond), timeOf(p50Us), timeOf(p99Us), ...errors];
      return { cells: [...cells, from(canary?.p50Us), from(canary?.p90Us)], status: verdict.status };
    }),
  };
}

function stallTable({ delays }: CalibrationResult): Table {
  const stalls = delays.flatMap((check) => (check.stall === null ? [] : [{ ...check, stall: check.stall }]));
  return {
    title: 'Where the stall shows',
    spans: [
      { text: '', columns: 3 },
      { text: 'service time', columns: 2 },
      { text: 'p99', columns: 2 },
    ],
    columns: [
      nameColumn('protocol'),
      ...figureColumns('offered', 'not ok', 'slow', 'p99', 'connection wait', 'send lag'),
    ],
    rows: stalls.map(({ protocol, counts, stall, verdict }) => {
      const times = [stall.serviceP99Us, stall.connectionWaitP99Us, stall.sendLagP99Us].map(timeOf);
      const numbers = [counts.offered, counts.offered - counts.ok, stall.slowInService].map(formatCount);
      return { cells: [protocol, ...numbers, ...times], status: verdict.status };
    }),
  };
}

function pacingTable({ pacing }: CalibrationResult): Table {
  return {
    title: `Pacing, over ${pacing[0]?.protocol ?? ''}`,
    spans: [
      { text: '', columns: 2 },
      { text: 'send lag', columns: 3 },
      { text: 'generator CPU', columns: 2 },
      { text: '', columns: 1 },
    ],
    columns: [
      ...figureColumns('rate'),
      ...textColumns('mode'),
      ...figureColumns('p50', 'p99', 'max', 'cores', 'each'),
      ...textColumns('verdict'),
    ],
    rows: pacing.map(({ ratePerSecond, mode, sendLagUs, generatorCores, generatorUsPerOperation, verdict }) => ({
      cells: [
        perSecond(ratePerSecond),
        mode,
        sendLagUs.p50 === null ? 'too few' : formatUs(sendLagUs.p50),
        sendLagUs.p99 === null ? 'too few' : formatUs(sendLagUs.p99),
        timeOf(sendLagUs.max),
        generatorCores === null ? '?' : generatorCores.toFixed(2),
        timeOf(generatorUsPerOperation),
        verdict.status,
      ],
      status: verdict.status,
    })),
  };
}

function rateTable({ highestRates }: CalibrationResult): Table {
  return {
    title: 'Highest rate without a doubt but the resolution: short probes, not a capacity figure',
    spans: [],
    columns: [nameColumn('protocol'), ...figureColumns('rate', 'answered'), ...textColumns('what ended the search')],
    rows: highestRates.map((found) => {
      const best = found.probes.find(({ ratePerSecond }) => ratePerSecond === found.ratePerSecond);
      return {
        cells: [
          found.protocol,
          best === undefined ? 'not found' : perSecond(best.ratePerSecond),
          best === undefined ? '–' : perSecond(best.goodputPerSecond),
          endText(found),
        ],
        status: best === undefined ? 'suspect' : 'valid',
      };
    }),
  };
}

function endText({ ended, probes, ratePerSecond }: HighestRate): string {
  if (ended === 'ladderEnd') return 'the ladder: no rate was in doubt';
  if (ended === 'timeOver') return probes.length === 0 ? 'no time left to look' : 'no time left to go on';
  const failed = probes.filter(({ verdict }) => verdict.reasons.some(({ code }) => code !== 'resolution')).at(-1);
  if (failed === undefined) return '–';
  const { status, reasons } = failed.verdict;
  const also = ratePerSecond === null && probes.length > 1 ? ', as those above' : '';
  return `${perSecond(failed.ratePerSecond)} ${status}: ${reasons.map(({ code }) => code).join(', ')}${also}`;
}

function explanations(result: CalibrationResult): string[] {
  const { delays, pacing } = result;
  const slow = delays.flatMap(({ protocol, slow: counted }) =>
    counted === null ? [] : [`${protocol} ${counted.recorded} of ${counted.truth}`],
  );
  const truths = [
    'truth: in closed form, a service that does exactly as told behind a network that takes no time.',
    'service: intended start to effect by the service’s own evidence. It holds what the service did beyond its orders – coarse timers, working off what gathered in a stall – but not the answer’s way back.',
    'floor: the protocol’s median before the stall, where nothing is delayed. “With floor” adds it to the truth; nothing is subtracted from what was recorded.',
  ];
  return [
    ...(delays.length === 0 ? [] : truths),
    ...(slow.length === 0 ? [] : [`Beyond halfway between two delays, recorded of told: ${slow.join(', ')}.`]),
    ...(pacing.length === 0 ? [] : ['Generator CPU holds the sending and the answers, not the pacing alone.']),
    ...reasonLines(result),
  ];
}

/** Each reason once, with how many trials have it and an example. A trial that served twice has one and the same verdict. */
function reasonLines({ resolutions, delays, pacing, highestRates }: CalibrationResult): string[] {
  const verdicts = [...resolutions, ...delays, ...pacing, ...highestRates.flatMap(({ probes }) => probes)].map(
    ({ verdict }) => verdict,
  );
  const byCode = Map.groupBy(new Set(verdicts.flatMap(({ reasons }) => reasons)), ({ code }) => code);
  return [...byCode].map(([code, reasons]) => `${code}: ${reasons.length} trials, e.g. ${reasons[0]?.message ?? ''}`);
}

function timeOf(us: number | null): string {
  return us === null ? 'not reached' : formatUs(us);
}

function errorText(share: number | null): string {
  if (share === null) return '–';
  return `${share > 0 ? '+' : share < 0 ? '−' : ''}${(Math.abs(share) * 100).toFixed(Math.abs(share) < 1 ? 1 : 0)} %`;
}

function perSecond(rate: number): string {
  return formatRate(rate);
}
