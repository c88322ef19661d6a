/** A calibration on a terminal: what was recorded beside what is true, the pacing, the highest rate. Pure. */
import type { CalibrationResult, DelayCheck, HighestRate } from '../result/calibration-result.ts';
import type { Verdict } from '../result/result-types.ts';
import { formatCount, formatDuration, formatUs } from './format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from './table.ts';
import { paletteFor } from './terminal-palette.ts';
import { renderTable } from './terminal-table.ts';
import { wrap } from './terminal-text.ts';

export function renderCalibration(result: CalibrationResult, options: { colour: boolean; width: number }): string {
  const { width } = options;
  const palette = paletteFor(options.colour);
  const tables = [delayTable(result), stallTable(result), pacingTable(result), rateTable(result)];
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

function delayTable({ delays }: CalibrationResult): Table {
  return {
    title: 'Known delays: response time of every offered operation, without a proxy between',
    spans: [
      { text: '', columns: 3 },
      { text: '', columns: 3 },
      { text: 'error of recorded', columns: 3 },
      { text: '', columns: 1 },
    ],
    columns: [
      nameColumn('protocol'),
      ...textColumns('service'),
      ...figureColumns('percentile', 'truth', 'by service', 'recorded', 'to truth', 'beyond floor', 'to service'),
      ...textColumns('verdict'),
    ],
    rows: delays.flatMap((check) =>
      check.figures.map((figure): Row => {
        const times = [figure.truthUs, figure.serviceUs, figure.recordedUs].map(timeOf);
        const errors = [figure.error, figure.errorBeyondFloor, figure.errorToService].map(errorText);
        const name = `p${Math.round(figure.quantile * 100)}`;
        return {
          cells: [check.protocol, check.told, name, ...times, ...errors, verdictText(check.verdict)],
          status: check.verdict.status,
        };
      }),
    ),
  };
}

function stallTable({ delays }: CalibrationResult): Table {
  const stalls = delays.flatMap((check) => (check.stall === null ? [] : [{ ...check, stall: check.stall }]));
  return {
    title: 'Where a stall shows',
    spans: [],
    columns: [
      nameColumn('protocol'),
      ...figureColumns('offered', 'not ok', 'slow in service', 'service p99', 'connection wait p99', 'send lag p99'),
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
        verdictText(verdict),
      ],
      status: verdict.status,
    })),
  };
}

function rateTable({ highestRates }: CalibrationResult): Table {
  return {
    title: 'Highest rate with a valid verdict: probes of a second, not a capacity figure',
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
  if (ended === 'ladderEnd') return 'the ladder: every rate was valid';
  if (ended === 'timeOver') return probes.length === 0 ? 'no time left to look' : 'no time left to go on';
  // Going down, the probe before the valid one; going up, the last; where none was valid, the lowest.
  const failed = probes.filter(({ verdict }) => verdict.status !== 'valid').at(-1);
  if (failed === undefined) return '–';
  const why = failed.verdict.reasons.map(({ message }) => message).join(' ');
  const only = ratePerSecond === null && probes.length > 1 ? ', as the higher ones' : '';
  return `${perSecond(failed.ratePerSecond)} was ${failed.verdict.status}${only}: ${why}`;
}

function explanations({ delays, pacing }: CalibrationResult): string[] {
  const floors = delays.filter(isFloor).map(({ protocol, floorUs }) => `${protocol} ${timeOf(floorUs)}`);
  const slow = delays.flatMap(({ protocol, slow: counted }) =>
    counted === null ? [] : [`${protocol} ${counted.recorded} of ${counted.truth}`],
  );
  return [
    ...(delays.length === 0
      ? []
      : [
          'truth: in closed form, a service that does exactly as told behind a network that takes no time.',
          'by service: intended start to effect by the service’s own evidence, with what it did beyond its orders: coarse timers, and working off what had gathered in a stall. The answer’s way back is not in it.',
          `beyond floor: against truth plus the protocol’s floor, its median before the stall, where nothing is delayed: ${floors.join(', ')}. Nothing is subtracted from what was recorded.`,
        ]),
    ...(slow.length === 0 ? [] : [`Slow ones of two delays, recorded of told: ${slow.join(', ')}.`]),
    ...(pacing.length === 0 ? [] : ['Generator CPU holds the sending and the answers, not the pacing alone.']),
  ];
}

function isFloor({ service }: DelayCheck): boolean {
  return service === 'stall';
}

function timeOf(us: number | null): string {
  return us === null ? 'not reached' : formatUs(us);
}

function errorText(share: number | null): string {
  if (share === null) return '–';
  return `${share > 0 ? '+' : share < 0 ? '−' : ''}${(Math.abs(share) * 100).toFixed(Math.abs(share) < 1 ? 1 : 0)} %`;
}

function perSecond(rate: number): string {
  return `${formatCount(rate)}/s`;
}

function verdictText({ status, reasons }: Verdict): string {
  return status === 'valid' ? status : `${status}: ${[...new Set(reasons.map(({ code }) => code))].join(', ')}`;
}
