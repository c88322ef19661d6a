/** A decision in words and tables, for every format. */
import type { DecidedGroup, DecidedTarget, DecisionResult, Judgement } from '../../result/schema/decision-schema.ts';
import { formatCount, formatShare, formatUs } from '../text/format-values.ts';
import { nameColumn, type Table, textColumns } from '../text/table.ts';

const answerWords = {
  meets: 'meets',
  misses: 'MISSES',
  cannotTell: 'cannot tell',
  notAsked: 'never asked',
} as const satisfies Record<Judgement['answer'], string>;

/** Who meets all of it, by group: targets of two groups are never put beside each other. */
export function decisionSentences({ groups, requirements }: DecisionResult): string[] {
  const all = requirements.map(({ wanted }) => wanted).join(', ');
  const lines = groups.flatMap((group) => {
    const [meets, misses] = [labels(group, 'meets'), labels(group, 'misses')];
    const open = [...labels(group, 'cannotTell'), ...labels(group, 'notAsked')];
    const parts = [
      meets.length > 0 ? `${meets.join(', ')} ${meets.length === 1 ? 'meets' : 'meet'} all of it` : '',
      misses.length > 0 ? `${misses.join(', ')} ${misses.length === 1 ? 'misses' : 'miss'}` : '',
      open.length > 0 ? `${open.join(', ')} open` : '',
    ].filter((part) => part !== '');
    return [`${groupName(group)}: ${parts.join('; ')}.`];
  });
  return [`Wanted: ${all}.`, ...(lines.length === 0 ? ['No trial of these results counts.'] : lines)];
}

function labels({ targets }: DecidedGroup, answer: DecidedTarget['answer']): string[] {
  return targets.filter((target) => target.answer === answer).map(({ label }) => label);
}

export function groupName({ guarantee, completion }: DecidedGroup): string {
  return `${completion}, ${guarantee ?? 'guarantee not known'}`;
}

/** One a group: a row a target, a column a requirement. */
export function decisionTables({ groups, requirements }: DecisionResult): Table[] {
  return groups.map((group) => ({
    title: groupName(group),
    spans: [],
    columns: [nameColumn(''), ...textColumns('answer', ...requirements.map(({ wanted }) => wanted))],
    rows: group.targets.map(({ label, answer, judgements }) => ({
      cells: [label, answerWords[answer], ...judgements.map(cellText)],
      status:
        answer === 'misses' ? ('invalid' as const) : answer === 'meets' ? ('valid' as const) : ('suspect' as const),
    })),
  }));
}

function cellText(judgement: Judgement): string {
  const { answer, kind } = judgement;
  const word = answerWords[answer];
  if (answer === 'notAsked') return word;
  const figure = kind === 'latency' || kind === 'stale' ? timeCell(judgement) : countCell(judgement);
  return figure === '' ? word : `${word} (${figure})`;
}

function timeCell({ reason, valueUs }: Judgement): string {
  if (reason === 'answeredAfterEffect') return 'answered after its effect';
  if (reason === 'notReached' || reason === 'struckBefore') return 'not reached';
  if (reason === 'tooFewOperations') return 'too few';
  if (reason === 'suspectOnly') return 'suspect';
  return valueUs === null ? '' : formatUs(valueUs);
}

function countCell({ reason, kind, count, of, outages, struck }: Judgement): string {
  if (reason === 'lacksPart') return 'has none';
  if (reason === 'notKnown') return 'not known';
  if (kind === 'survive')
    return struck ? `${formatShare(count ?? 0, of ?? 0)} failed` : `${formatCount(outages ?? 0)} outages`;
  return count
    ? `${formatCount(count)}${of === null ? '' : ` of ${formatCount(of)}`}`
    : `0 in ${formatCount(outages ?? 0)} outages`;
}

/** What decided, alike judgements together: by what it misses, why nobody can tell, who would ask, on what it rests. */
export function judgementLines({ groups, sources }: DecisionResult, answer: Judgement['answer']): string[] {
  const wantedBy = new Map<string, Map<string, string[]>>();
  for (const { completion, targets } of groups) {
    for (const { label, judgements } of targets) {
      for (const one of judgements.filter((each) => each.answer === answer)) {
        const text = judgementText(one, sources.length > 1);
        const who = wantedBy.get(text) ?? new Map<string, string[]>();
        const name = `${label} (${completion})`;
        wantedBy.set(text, who.set(name, [...(who.get(name) ?? []), one.wanted]));
      }
    }
  }
  return [...wantedBy].flatMap(([text, who]) => {
    const alike = Map.groupBy(who, ([, wanted]) => wanted.join(', '));
    return [...alike].map(([wanted, those]) => `${those.map(([name]) => name).join(', ')} – ${wanted}: ${text}`);
  });
}

function judgementText(one: Judgement, isOfSeveral: boolean): string {
  const { reason } = one;
  const said = [factText(one), reason === null ? '' : reasonText(one, reason)].filter(Boolean).join('; ');
  return `${said}${placeText(one, isOfSeveral)}.${askedText(one)}`;
}

function placeText({ place }: Judgement, isOfSeveral: boolean): string {
  if (place === null) return '';
  const { scenario, condition, phase, operation, source } = place;
  const words = [scenario, condition, phase ?? '', operation ?? ''].filter(Boolean).join(' ');
  return ` [${words}${isOfSeveral ? `, ${source}` : ''}]`;
}

function askedText({ askedBy, answer }: Judgement): string {
  if (askedBy.length > 0)
    return ` ${answer === 'notAsked' ? 'Would ask' : 'Asks it again'}: bench run ${askedBy.join(', ')}.`;
  return answer === 'notAsked' ? ' No shipped scenario asks it of this protocol.' : '';
}

function factText({
  kind,
  valueUs,
  lowUs,
  highUs,
  repeats,
  count,
  of,
  struck,
  outages,
  what,
  atMostShare,
}: Judgement): string {
  if (kind === 'latency' || kind === 'stale') {
    if (valueUs === null) return '';
    const runs = `${repeats} ${repeats === 1 ? 'repeat' : 'repeats'}`;
    if (lowUs === null && highUs === null) return `${formatUs(valueUs)} in ${runs}`;
    const interval = `${lowUs === null ? '?' : formatUs(lowUs)} to ${highUs === null ? 'not reached' : formatUs(highUs)}`;
    return `${formatUs(valueUs)} (95 %: ${interval}), ${runs}`;
  }
  if (outages === null)
    return count === null || count === 0
      ? ''
      : `${whatText(what)}${of === null ? '' : ` of ${formatCount(of)} acknowledged`} in the worst trial`;
  if (struck === 0) {
    const none = kind === 'survive' ? 'no more failed than allowed' : 'none';
    return `${none} in ${countOf(outages, 'outage')}: at most ${Math.round((atMostShare ?? 1) * 100)} % of outages (95 %)`;
  }
  const share = formatShare(count ?? 0, of ?? 0);
  return `${formatCount(count ?? 0)} of ${formatCount(of ?? 0)} failed (${share}) in the worst trial; struck: ${struck} of ${countOf(outages, 'outage')}`;
}

const ledgerWords: Readonly<Record<string, string>> = {
  stateLost: 'gone from the service’s state',
  acceptedOnlyGone: 'gone though sent',
  refusedUnheard: 'refused unheard',
  reordered: 'out of order',
  missed: 'deliveries missed by subscribers',
  outOfOrder: 'deliveries out of order',
};

function whatText(what: Judgement['what']): string {
  return Object.entries(what)
    .map(([name, count]) => `${formatCount(count)} ${ledgerWords[name] ?? name}`)
    .join(', ');
}

function countOf(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

function reasonText({ needed, part }: Judgement, reason: NonNullable<Judgement['reason']>): string {
  const repeats = needed === null ? '' : `: ${needed} repeats would tell`;
  const texts: Readonly<Record<typeof reason, string>> = {
    withinInterval:
      needed === null
        ? 'the limit lies within the interval, and a hundred repeats would not tell'
        : `the limit lies within the interval${repeats}`,
    withinInstrumentError: 'the limit is nearer than the instrument’s own error: a quieter machine would tell',
    tooFewOperations: `too few operations for that percentile: ${formatCount(needed ?? 0)} in a trial, or a lower percentile`,
    noInterval: `no interval can be told of it${repeats}`,
    notReached: 'not reached: too many operations did not succeed',
    notReachedInSome: 'not reached in some repeats',
    struckBefore: 'not reached, and what was in flight was struck by the outage: a condition without faults would tell',
    suspectOnly: 'all its trials are suspect for what else the machine did: play it again on a quiet one',
    tooFewOutages: `${needed ?? '?'} outages would tell (repeats add up, in one result or several)`,
    notKnown: 'the ledger of a trial does not know',
    noLedger: 'nobody keeps an account of this system for us',
    nothingAway: 'nothing was ever away, and what is calm loses and reorders nothing',
    notPlayed: part === null ? 'no trial shows it' : `${part} was never away`,
    lacksPart: 'it has none that could be away',
    answeredAfterEffect: 'the reply comes after the effect',
    versionsNotKnown: 'nobody knows the versions of what its cache showed',
    nothingChanged: 'nothing that was read was ever changed',
    stateOfOneProcess: 'each process keeps its own state: what another one answers nobody has read',
  };
  return texts[reason];
}

export function leftOutText({ source, trial, verdict, reason }: DecisionResult['leftOut'][number]): string {
  return `${source} ${trial}, ${verdict === 'invalid' ? 'invalid' : `${verdict}, of times`}: ${reason}`;
}

export function readingOf({ failedShare, riskShare }: DecisionResult): string[] {
  const percent = (share: number) => `${Math.round(share * 1e4) / 100} %`;
  return [
    'Times are those of each operation while nothing is disturbed, from the intended start, failures counting as infinitely late. Meets: the whole 95 % interval lies within the limit, the instrument’s own error included; of fewer than three repeats what is sure within each run, a factor of 1.5 further out.',
    `Survives: in no outage more than ${percent(failedShare)} failed in the caller’s eyes, those in flight included. One outage is one observation: it takes so many without any struck that at most ${percent(riskShare)} of outages could be (95 %).`,
    'Loses, order: by the ledger of each trial, as a whole. Stale: handed over and not yet applied; of reads that a cache answers, for how long a newer version had been acknowledged.',
    'No figure of one group says anything against one of another: they promise different things. The order is that of the results.',
  ];
}
