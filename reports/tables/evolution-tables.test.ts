import { describe, expect, it } from 'vitest';
import type { EvolutionCell, EvolutionResult } from '../../result/result-types.ts';
import { evolutionFindings, evolutionNotes, evolutionTables } from './evolution-tables.ts';

const wires: EvolutionResult['wires'] = [
  { wire: 'rest', carriedBy: 'fastify 1', readBy: { json: 'JSON.parse', protobuf: 'protobufjs 1' } },
  { wire: 'grpc', carriedBy: 'grpc-js 1', readBy: { protobuf: 'proto-loader 1' } },
  { wire: 'kafka', carriedBy: 'kafkajs 1', readBy: { json: 'JSON.parse', protobuf: 'protobufjs 1' } },
];

function withCells(...cells: EvolutionCell[]) {
  const evolution: EvolutionResult = { durationMs: 1_234, wires, cells };
  return { evolution };
}

function cell(wire: string, of: Partial<EvolutionCell>): EvolutionCell {
  const { change = 'fieldAdded', format = 'protobuf', client = 'old', request = 'reads', answer = 'reads' } = of;
  return { change, format, wire, client, request, answer };
}

const rowsOf = (...cells: EvolutionCell[]) =>
  evolutionTables(withCells(...cells)).map(({ rows }) => rows.map((row) => row.cells));

describe('the table of evolution', () => {
  it('has wires that agree in one row, and names those that do not', () => {
    const agreed = wires.map(({ wire }) => cell(wire, { request: 'defaults' }));
    expect(rowsOf(...agreed)).toEqual([[['field added', 'protobuf', 'all 3', 'defaults', 'reads']], []]);
    const apart = [cell('rest', {}), cell('grpc', { request: 'refused', answer: null }), cell('kafka', {})];
    expect(rowsOf(...apart)[0]).toEqual([
      ['field added', 'protobuf', 'rest, kafka', 'reads', 'reads'],
      ['field added', 'protobuf', 'grpc', 'refused', '–'],
    ]);
  });

  it('names the wire where there is but one, and has who is new in a table of its own', () => {
    const [old, current] = rowsOf(cell('rest', {}), cell('rest', { client: 'new', answer: 'silentlyWrong' }));
    expect(old).toEqual([['field added', 'protobuf', 'rest', 'reads', 'reads']]);
    expect(current).toEqual([['field added', 'protobuf', 'rest', 'reads', 'silently wrong']]);
  });

  it('is in the order of changes and formats, whatever came first', () => {
    const [old] = rowsOf(
      cell('rest', { change: 'enumValueAdded' }),
      cell('rest', { format: 'protobuf' }),
      cell('rest', { format: 'json' }),
    );
    expect(old?.map((row) => row.slice(0, 2))).toEqual([
      ['field added', 'JSON'],
      ['field added', 'protobuf'],
      ['enum value added', 'protobuf'],
    ]);
  });

  it('is not there where nothing was played', () => {
    expect(evolutionTables({})).toEqual([]);
    expect(evolutionTables(withCells())).toEqual([]);
  });
});

describe('what is said of it', () => {
  it('what went wrong without an error, in either direction, by format', () => {
    expect(
      evolutionFindings(
        withCells(
          cell('rest', { format: 'json', change: 'fieldRenamed', request: 'silentlyWrong' }),
          cell('rest', { change: 'fieldWidened', client: 'new', answer: 'silentlyWrong' }),
          cell('kafka', { change: 'fieldRemoved', request: 'refused', answer: null }),
        ),
      ),
    ).toEqual(['Read wrongly without an error – JSON: field renamed; protobuf: field widened.']);
    expect(evolutionFindings(withCells(cell('rest', {})))).toEqual([]);
  });

  it('the libraries of each wire and format, and which wire was not played', () => {
    const notes = evolutionNotes(withCells(cell('rest', {}), cell('grpc', {}))).join('\n');
    expect(notes).toContain('(2 pairs in 1.2 s)');
    expect(notes).toContain('rest: fastify 1; grpc: grpc-js 1; kafka: kafkajs 1 (failed, not played).');
    expect(notes).toContain(
      'JSON: JSON.parse over rest, kafka; protobuf: protobufjs 1 over rest, kafka, proto-loader 1 over grpc.',
    );
    expect(notes).not.toContain('int64');
  });
});
