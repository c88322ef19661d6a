/** What clients and services make of each other's messages when only one of them has changed: a table for each who is old. */
import {
  type MessageFormatName,
  messageFormatNames,
  type Reading,
  type SchemaChange,
  type SchemaSide,
  schemaChanges,
} from '../../result/evolution-names.ts';
import type { EvolutionCell, EvolutionResult, RunResult } from '../../result/result-types.ts';
import { formatDuration } from '../text/format-values.ts';
import { nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

const changeWords = {
  fieldAdded: 'field added',
  fieldRemoved: 'field removed',
  fieldRenamed: 'field renamed',
  fieldWidened: 'field widened',
  enumValueAdded: 'enum value added',
} as const satisfies Readonly<Record<SchemaChange, string>>;

const changeDetails: Readonly<Partial<Record<SchemaChange, string>>> = {
  fieldRenamed: 'a renamed field keeps its number',
  fieldWidened: 'a widened one goes from int32 to int64 and says 5 000 000 000',
  enumValueAdded: 'an enum grows at its end by the value that is sent',
};

const formatWords = {
  json: 'JSON',
  jsonChecked: 'JSON, checked',
  protobuf: 'protobuf',
} as const satisfies Readonly<Record<MessageFormatName, string>>;

const formatDetails: Readonly<Partial<Record<MessageFormatName, string>>> = {
  jsonChecked: ' by a JSON Schema of the reader’s version, all fields required, unknown ones let through,',
};

const readingWords = {
  reads: 'reads',
  defaults: 'defaults',
  refused: 'refused',
  silentlyWrong: 'silently wrong',
} as const satisfies Readonly<Record<Reading, string>>;

const titles = {
  old: 'evolution: an old client meets a new service',
  new: 'evolution: a new client meets an old service',
} as const satisfies Readonly<Record<SchemaSide, string>>;

/** Empty: none was asked for, or no wire could be played. */
export function evolutionTables({ evolution }: Pick<RunResult, 'evolution'>): Table[] {
  if (evolution === undefined || evolution.cells.length === 0) return [];
  return (['old', 'new'] as const).map((client) => ({
    title: titles[client],
    spans: [],
    columns: [nameColumn('change'), ...textColumns('written in', 'over', 'request', 'its answer')],
    rows: rowsOf(evolution.cells.filter((cell) => cell.client === client)),
  }));
}

/** Wires that agree share a row; all of those that carry a format are not named. */
function rowsOf(cells: readonly EvolutionCell[]): Row[] {
  return schemaChanges.flatMap((change) =>
    messageFormatNames.flatMap((format) => {
      const these = cells.filter((cell) => cell.change === change && cell.format === format);
      return [...Map.groupBy(these, readingsOf).values()].map((alike): Row => {
        const [first] = alike;
        const over = alike.length > 1 && alike.length === these.length ? `all ${alike.length}` : wiresOf(alike);
        const cellsOfRow = [changeWords[change], formatWords[format], over];
        return { cells: [...cellsOfRow, wordOf(first?.request), wordOf(first?.answer)], status: 'valid' };
      });
    }),
  );
}

function readingsOf({ request, answer }: EvolutionCell): string {
  return `${request} ${answer}`;
}

function wiresOf(cells: readonly { readonly wire: string }[]): string {
  return cells.map(({ wire }) => wire).join(', ');
}

function wordOf(reading: Reading | null | undefined): string {
  return reading ? readingWords[reading] : '–';
}

/** Where nobody saw an error and yet something else was read, either way: the changes of each format. */
export function evolutionFindings({ evolution }: Pick<RunResult, 'evolution'>): string[] {
  if (evolution === undefined) return [];
  const wrong = evolution.cells.filter((cell) => [cell.request, cell.answer].includes('silentlyWrong'));
  const parts = messageFormatNames.flatMap((format) => {
    const found = schemaChanges.filter((change) =>
      wrong.some((cell) => cell.change === change && cell.format === format),
    );
    return found.length === 0
      ? []
      : [`${formatWords[format]}: ${found.map((change) => changeWords[change]).join(', ')}`];
  });
  return parts.length === 0 ? [] : [`Read wrongly without an error – ${parts.join('; ')}.`];
}

/** What the tables claim, and what they do not. */
export function evolutionNotes({ evolution }: Pick<RunResult, 'evolution'>): string[] {
  if (evolution === undefined) return [];
  const { wires, cells, durationMs } = evolution;
  const played = schemaChanges.filter((change) => cells.some((cell) => cell.change === change));
  const details = played.flatMap((change) => changeDetails[change] ?? []);
  return [
    `Messages of two fields, of which one changes, between a client and a service for each pair, before the first trial (${cells.length} pairs in ${formatDuration(durationMs)}): not the orders of the trials, and without load, faults or Toxiproxy.`,
    'reads: all that the reader’s version has, as it was said. defaults: a field is empty that the writer’s version does not have. refused: an error that somebody sees. silently wrong: it was said, nobody saw an error, and the reader has something else, or nothing.',
    ...(details.length === 0 ? [] : [`What changes: ${details.join(', ')}.`]),
    `Carried by – ${wires.map((one) => `${one.wire}: ${one.carriedBy}${playedText(one.wire, evolution)}`).join('; ')}.`,
    `Read by – ${messageFormatNames.flatMap((format) => readersText(format, evolution)).join('; ')}.`,
  ];
}

function playedText(wire: string, { cells }: EvolutionResult): string {
  return cells.some((cell) => cell.wire === wire) ? '' : ' (failed, not played)';
}

/** `protobuf: protobufjs 7.6.6 over rest, @grpc/proto-loader 0.8.1 over grpc`; none where no wire carries it. */
function readersText(format: MessageFormatName, { wires }: EvolutionResult): string[] {
  const read = wires.flatMap(({ wire, readBy }) =>
    readBy[format] === undefined ? [] : [{ wire, by: readBy[format] }],
  );
  if (read.length === 0) return [];
  const libraries = [...Map.groupBy(read, ({ by }) => by)];
  const texts = libraries.map(([by, those]) => `${by}${formatDetails[format] ?? ''} over ${wiresOf(those)}`);
  return [`${formatWords[format]}: ${texts.join(', ')}`];
}
