import { describe, expect, it } from 'vitest';
import type { TrialResult } from '../../result/result-types.ts';
import { conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { answer } from './answer.ts';
import { findingsOf, harmOf } from './findings.ts';

function findings(change: (trial: TrialResult) => TrialResult, condition = 'slow-network'): string[] {
  const result = fixtureResult({ trials: fixtureResult().trials.map(change) });
  return conditionGroups(result).flatMap((group) => (group.condition === condition ? findingsOf(group) : []));
}

const brokerKilled = {
  fault: 'kill',
  link: null,
  settings: { part: 'broker' },
  circumstance: 'when the broker was killed',
};

describe('findings', () => {
  it('are none where nothing was made to fail', () => {
    expect(findings((trial) => trial, 'calm')).toEqual([]);
  });

  it('name the fault in plain words, and who lost what', () => {
    const killed = (trial: TrialResult) => ({
      ...trial,
      faults: trial.faults.map((fault) => ({ ...fault, ...brokerKilled })),
    });
    expect(findings(killed)[0]).toBe(
      'stream: 12 of 7,500 acknowledged operations lost when the broker was killed (first: wbfixture-0000-0000003201, sent during latency).',
    );
    const mixed = (trial: TrialResult) => ({ ...trial, faults: [...trial.faults, ...killed(trial).faults] });
    expect(findings(mixed)[0]).toBe(
      'stream: 12 of 7,500 acknowledged operations lost under slow-network (first: wbfixture-0000-0000003201, sent during latency).',
    );
  });

  it('say of flows that were all taken no more than that: what became of them stands with the flows', () => {
    const none = { completed: 0, compensated: 0, refused: 0, stuck: 0, open: 0, inconsistent: 0, phantom: 0 };
    const flows = {
      ...{ ...none, unacknowledged: 0, acknowledged: 7_500, needsPerson: 3, stuck: 3 },
      ...{ stuckAfter: { payment: 3 }, openAfter: {}, inconsistencies: {}, stages: [], examples: {} },
      moneyCents: { ...none, unacknowledged: 0, stuck: 3_000, accountsCents: 3_000 },
    };
    const texts = findings((trial) => (trial.target === 'rest' ? { ...trial, flows } : trial));
    expect(texts).toContain('The entry took every flow offered during the faults: rest.');
    expect(texts).toContain('Every operation offered during the faults was ok in the end: grpc, websocket and stream.');
  });

  it('take one kill for one observation, however many operations it struck', () => {
    const killed = (trial: TrialResult) => ({
      ...trial,
      faults: trial.faults.map((fault) => ({ ...fault, ...brokerKilled })),
    });
    expect(findings(killed).join(' ')).toContain(
      'none corrupted or out of order (none in 1 kill each: at most 95 % of kills, 95 %)',
    );
    expect(findings((trial) => trial).join(' ')).not.toContain('of kills');
  });

  it('call what was only accepted by the client’s own socket so', () => {
    const accepted = (trial: TrialResult): TrialResult => ({
      ...trial,
      ledger: {
        ...trial.ledger,
        acknowledged: 0,
        acceptedOnly: 7_500,
        acceptedOnlyGone: trial.ledger.lost ?? 0,
        lost: 0,
      },
    });
    expect(findings(accepted)[0]).toMatch(
      /^stream: 12 of 7,500 operations that nobody but the client’s own socket had accepted gone /,
    );
  });

  it('call nobody unharmed of whose operations some still wait in the broker', () => {
    const waiting = (trial: TrialResult): TrialResult =>
      trial.target === 'queue' ? { ...trial, ledger: { ...trial.ledger, pendingInBroker: 7 } } : trial;
    const all = findings(waiting);
    expect(all).toContain('queue: 7 operations still waited in the broker when the drain was given up.');
    expect(all.find((one) => one.includes('no acknowledged operation lost'))).not.toContain('queue');
  });

  it('call nobody unharmed whose service was killed, unless it is known what it kept', () => {
    const killed = (part: string, appliedAtMs: number | null, stateLost?: number) => (trial: TrialResult) =>
      trial.target === 'queue'
        ? {
            ...trial,
            ...(stateLost !== undefined && { ledger: { ...trial.ledger, stateLost } }),
            faults: trial.faults.map((fault) => ({
              ...fault,
              ...{ fault: 'kill', settings: { part }, appliedAtMs, circumstance: `when the ${part} was killed` },
            })),
          }
        : trial;
    const told = findings(killed('service', 1_000));
    expect(told.find((one) => one.includes('no acknowledged operation lost'))).not.toContain('queue');
    expect(told.find((one) => one.startsWith('queue: every acknowledged operation was applied'))).toContain(
      'nobody has measured',
    );
    const result = fixtureResult({ trials: fixtureResult().trials.map(killed('service', 1_000)) });
    const group = conditionGroups(result).find(({ condition }) => condition === 'slow-network');
    expect(group && harmOf(group)).toMatch(
      /unharmed: rest, grpc and websocket; all applied once, but what the killed service kept of it is not known: queue$/,
    );
    expect(answer(result).sentences.join(' ')).toContain('not counted: what killed services have kept of them');
    const forgetful = findings(killed('service', 1_000, 297));
    expect(forgetful.find((one) => one.includes('no acknowledged operation lost'))).not.toContain('queue');
    expect(forgetful.join('\n')).toMatch(
      /queue: 297 of [\d,]+ acknowledged operations applied, and then gone from the service’s state under slow-network\./,
    );
    const lasting = findings(killed('service', 1_000, 0));
    expect(lasting.find((one) => one.includes('no acknowledged operation lost'))).toContain('queue');
    const trials = fixtureResult().trials.map(killed('service', 1_000, 297));
    const harmed = conditionGroups(fixtureResult({ trials })).find(({ condition }) => condition === 'slow-network');
    expect(harmed && harmOf(harmed)).toMatch(
      /; state lost: queue 297 of [\d,]+; .*unharmed: rest, grpc and websocket$/,
    );
    const sentences = answer(fixtureResult({ trials })).sentences.join(' ');
    expect(sentences).toMatch(/; state lost: 594 \(queue-calm-1, queue-slow-network-1\)/);
    expect(sentences).not.toContain('not counted');
    for (const survivor of [killed('broker', 1_000), killed('service', null)]) {
      expect(findings(survivor).find((one) => one.includes('no acknowledged operation lost'))).toContain('queue');
    }
  });

  it('say nothing of a ledger that nobody kept', () => {
    const unknown = (trial: TrialResult): TrialResult => ({ ...trial, ledger: { ...trial.ledger, lost: null } });
    expect(findings(unknown).join(' ')).not.toMatch(/lost/);
  });
});

describe('what became of the data', () => {
  it('is one sentence over all targets, kind by kind', () => {
    const groups = conditionGroups(fixtureResult());
    expect(groups.map(harmOf)).toEqual([
      null,
      'lost: stream 12 of 7,500; repeated effects: stream 3 among 7,488; unharmed: rest, grpc, websocket and queue',
    ]);
  });

  it('is the answer where the scenario names no figure and faults were played', () => {
    const { plan } = fixtureResult();
    const { sentences, what } = answer(fixtureResult({ plan: { ...plan, primary: undefined } }));
    expect(sentences[0]).toMatch(/^Under slow-network – lost: stream 12 of 7,500; /);
    expect(what).toBeNull();
  });

  it('tell what piled up in a broker, and nothing of a handful', () => {
    const waited = 'Messages that waited in the broker, at most: queue 250.';
    expect(findings((trial) => trial)).toContain(waited);
    const few = (trial: TrialResult): TrialResult =>
      trial.backlog === undefined
        ? trial
        : { ...trial, backlog: { ...trial.backlog, highest: { atMs: 6_000, messages: 9 } } };
    expect(findings(few).join(' ')).not.toMatch(/waited/);
  });
});
