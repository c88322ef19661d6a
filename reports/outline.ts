/** Which parts a report has, and in which order. A format draws them in its own way and decides nothing of it. */
import type { RunResult, ThresholdResult, TrialResult } from '../result/result-types.ts';
import { cacheSentences } from './answer/cache-sentences.ts';
import { chainSentences } from './answer/chain-sentences.ts';
import { crossingTable } from './answer/crossing.ts';
import { deliverySentences } from './answer/delivery-sentences.ts';
import { type Doubt, doubtsOf, faultTable, limitationsOf, readingNotes, settingsTable } from './answer/fairness.ts';
import { findingsOf } from './answer/findings.ts';
import { flowSentences } from './answer/flow-sentences.ts';
import { poisonSentences } from './answer/poison-sentences.ts';
import { rebuildSentences } from './answer/rebuild-sentences.ts';
import { errorTexts } from './figures/error-texts.ts';
import { recoveryTable } from './figures/recovery-text.ts';
import { type ConditionGroup, type Contender, engineTrials } from './figures/result-view.ts';
import { type VariantSet, variantSets } from './figures/variant-figures.ts';
import { agentsTable } from './tables/agents-table.ts';
import { availabilityTables } from './tables/availability-matrix.ts';
import { cacheTables } from './tables/cache-tables.ts';
import { callersTable } from './tables/callers-table.ts';
import { capacityTable, limitNotes, withoutProbes } from './tables/capacity.ts';
import { chainTable } from './tables/chain-table.ts';
import { type ConditionTables, comparisonTables, engineTable } from './tables/comparison-tables.ts';
import { couplingTable } from './tables/coupling-table.ts';
import { deliveryTables } from './tables/delivery-tables.ts';
import { drainTable } from './tables/drain-table.ts';
import { evolutionFindings, evolutionNotes, evolutionTables } from './tables/evolution-tables.ts';
import { fallbackTable } from './tables/fallback-table.ts';
import { flowTables } from './tables/flow-tables.ts';
import { gatewaysTable } from './tables/gateways-table.ts';
import { groupTable } from './tables/group-table.ts';
import { instancesTable } from './tables/instances-table.ts';
import { ledgerTable } from './tables/ledger-table.ts';
import { limitsTable } from './tables/limits-table.ts';
import { memoryTable } from './tables/memory-table.ts';
import { millionCostTable } from './tables/million-cost.ts';
import { outputsTable } from './tables/outputs-table.ts';
import { clientTable, notableTable, watchTable } from './tables/own-system-tables.ts';
import { paidRequestsTable } from './tables/paid-requests-table.ts';
import { paymentsTable } from './tables/payments-table.ts';
import { poisonTables } from './tables/poison-tables.ts';
import { policyTable } from './tables/policy-table.ts';
import { rebuildTables } from './tables/rebuild-tables.ts';
import { securityTable } from './tables/security-table.ts';
import { serviceShareTable } from './tables/service-share-table.ts';
import { recommendedSnippets, surveySets, tuningTables } from './tables/tuning.ts';
import { versionsTables } from './tables/versions-tables.ts';
import { failureTexts } from './text/failure-texts.ts';
import type { Table } from './text/table.ts';

/** What a section holds. Pictures and trials are left out by formats that cannot draw them. */
export type Item =
  | { readonly kind: 'table'; readonly table: Table }
  /** Targets beside each other, a row a setting: where there is little room, drawn the other way. */
  | { readonly kind: 'settings'; readonly table: Table }
  /** `findings` say what the figures below come to, `notes` how to read them. */
  | { readonly kind: 'findings' | 'notes'; readonly texts: readonly string[] }
  /** Of a scenario file. */
  | { readonly kind: 'snippets'; readonly texts: readonly string[] }
  | { readonly kind: 'thresholds'; readonly thresholds: readonly ThresholdResult[] }
  | { readonly kind: 'doubts'; readonly doubts: readonly Doubt[] }
  | { readonly kind: 'flowPictures'; readonly contenders: readonly Contender[] }
  | { readonly kind: 'variantPictures'; readonly sets: readonly VariantSet[] }
  /** `index`: of the condition among those of the result. */
  | { readonly kind: 'charts'; readonly group: ConditionGroup; readonly index: number }
  | { readonly kind: 'trials'; readonly trials: readonly TrialResult[] };

export interface Section {
  /** Unique within the report, fit for an anchor. */
  readonly id: string;
  readonly title: string;
  readonly items: readonly Item[];
}

/** Everything below the answer; a section without anything to show is left out. */
export function outline(whole: RunResult): Section[] {
  const result = withoutProbes(whole);
  const sections: Section[] = [
    { id: 'tuning', title: 'Tuning', items: tuningItems(whole) },
    { id: 'capacity', title: 'Highest rate', items: [...tables(capacityTable(whole)), findings(limitNotes(whole))] },
    { id: 'cost', title: 'What a million operations cost', items: costItems(whole) },
    { id: 'crossing', title: 'Where compression pays', items: tables(crossingTable(result)) },
    { id: 'security', title: 'What security costs', items: tables(securityTable(result)) },
    { id: 'coupling', title: 'By reply or handed over', items: tables(couplingTable(result)) },
    { id: 'availability', title: 'What was out when what was down', items: tables(...availabilityTables(result)) },
    ...comparisonTables(result).map((condition, n) => conditionSection(condition, n)),
    { id: 'evolution', title: 'When only one side has changed', items: evolutionItems(whole) },
    { id: 'engines', title: 'Other engines', items: engineItems(result) },
    { id: 'thresholds', title: 'Thresholds', items: [{ kind: 'thresholds', thresholds: result.thresholds }] },
    { id: 'errors', title: 'Why operations were not ok', items: [findings(errorTexts(result))] },
    { id: 'failures', title: 'First failure of each kind', items: [findings(failureTexts(result))] },
    { id: 'doubts', title: 'Doubts', items: [{ kind: 'doubts', doubts: doubtsOf(result) }] },
    { id: 'fairness', title: 'What was compared', items: fairnessItems(result) },
  ];
  return sections
    .map((section) => ({ ...section, items: section.items.filter(hasContent) }))
    .filter(({ items }) => items.length > 0);
}

function tuningItems(result: RunResult): Item[] {
  return [
    { kind: 'snippets', texts: recommendedSnippets(result) },
    { kind: 'variantPictures', sets: surveySets(result) },
    ...tables(...tuningTables(result)),
  ];
}

function conditionSection({ group, latency, cost, arrivals }: ConditionTables, index: number): Section {
  const trials = group.contenders.flatMap((contender) => contender.trials);
  return {
    id: `condition-${index}`,
    title: group.condition,
    items: [
      findings([
        ...chainSentences(group),
        ...flowSentences(group),
        ...poisonSentences(group),
        ...cacheSentences(group),
        ...deliverySentences(group),
        ...rebuildSentences(group),
        ...findingsOf(group),
      ]),
      ...tables(chainTable(group)),
      { kind: 'flowPictures', contenders: group.contenders.filter(hasShape) },
      ...tables(...flowTables(group), ...poisonTables(group), outputsTable(group), groupTable(group)),
      ...tables(...cacheTables(group), ...deliveryTables(group), ...rebuildTables(group)),
      ...tables(...latency),
      { kind: 'variantPictures', sets: variantSets(group) },
      { kind: 'charts', group, index },
      ...tables(cost, paidRequestsTable(group), arrivals, ledgerTable(group), drainTable(group)),
      ...tables(callersTable(group), ...versionsTables(group), limitsTable(group)),
      ...tables(serviceShareTable(group), gatewaysTable(group), instancesTable(group), memoryTable(group)),
      ...tables(paymentsTable(trials), policyTable(trials), fallbackTable(trials)),
      ...tables(recoveryTable(trials, group.ofRun), faultTable(trials)),
      ...tables(watchTable(trials), agentsTable(trials), clientTable(trials), notableTable(trials)),
      { kind: 'trials', trials },
    ],
  };
}

/** Of whose flows it is known who asks whom. */
function hasShape({ trials }: Contender): boolean {
  return trials.some(({ flows }) => flows?.shape !== undefined);
}

/** Played by itself: no trial has a part in it. */
function evolutionItems(result: RunResult): Item[] {
  const notes: Item = { kind: 'notes', texts: evolutionNotes(result) };
  return [findings(evolutionFindings(result)), ...tables(...evolutionTables(result)), notes];
}

function engineItems(result: RunResult): Item[] {
  return [...tables(engineTable(result)), { kind: 'trials', trials: engineTrials(result) }];
}

/** The bytes of a broker’s second hop nobody counts. */
function costItems(result: RunResult): Item[] {
  const items = tables(millionCostTable(result));
  const text =
    'Bytes are those of the client’s link: what a broker sends on to the service is not counted. CPU of a broker is less its idle use, which stands beside.';
  return items.length === 0 ? [] : [...items, { kind: 'notes', texts: [text] }];
}

function fairnessItems(result: RunResult): Item[] {
  if (result.trials.length === 0) return [];
  const limits = limitationsOf(result).flatMap(([engine, all]) => all.map((one) => `${engine}: ${one}`));
  return [
    { kind: 'settings', table: settingsTable(result) },
    { kind: 'notes', texts: [...readingNotes(result), ...limits] },
  ];
}

function tables(...all: readonly (Table | null)[]): Item[] {
  return all.flatMap((table) => (table === null ? [] : [{ kind: 'table', table } as const]));
}

function findings(texts: readonly string[]): Item {
  return { kind: 'findings', texts };
}

function hasContent(item: Item): boolean {
  switch (item.kind) {
    case 'findings':
    case 'notes':
    case 'snippets':
      return item.texts.length > 0;
    case 'thresholds':
      return item.thresholds.length > 0;
    case 'doubts':
      return item.doubts.length > 0;
    case 'flowPictures':
      return item.contenders.length > 0;
    case 'variantPictures':
      return item.sets.length > 0;
    case 'trials':
      return item.trials.length > 0;
    default:
      return true;
  }
}
