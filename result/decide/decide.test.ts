import { describe, expect, it } from 'vitest';
import { comparedRun, type TrialShape } from '../fixtures/compared-run.ts';
import type { FaultResult, RunResult, TrialResult } from '../result-types.ts';
import { decisionSchema, type Judgement } from '../schema/decision-schema.ts';
import { decide } from './decide.ts';
import { type RequirementWords, readRequirements } from './requirements.ts';

type Run = Parameters<typeof decide>[0][number];

const shipped = [
  {
    path: 'scenarios/service-restart.yaml',
    targets: [{ protocol: 'rest', broker: null }],
    completions: ['replied'],
    away: ['service'],
    isEverCalm: true,
    hasCache: false,
  },
  {
    path: 'scenarios/http-caching.yaml',
    targets: [{ protocol: 'rest', broker: null }],
    completions: ['replied'],
    away: [],
    isEverCalm: true,
    hasCache: true,
  },
  {
    path: 'scenarios/brokers.yaml',
    targets: [{ protocol: 'queue', broker: 'rabbitmq' }],
    completions: ['replied'],
    away: ['broker'],
    isEverCalm: false,
    hasCache: false,
  },
] as const;

function decided(runs: readonly Run[], words: Partial<RequirementWords>) {
  const requirements = readRequirements({ failed: '0%', risk: '50%', ...words }, () => []);
  const decision = decide(runs, requirements, () => shipped);
  expect(decisionSchema.parse(JSON.parse(JSON.stringify(decision)))).toEqual(JSON.parse(JSON.stringify(decision)));
  return decision;
}

function only(runs: readonly Run[], words: Partial<RequirementWords>): Judgement {
  const [found] = decided(runs, words).groups.flatMap(({ targets }) => targets.flatMap(({ judgements }) => judgements));
  if (found === undefined) throw new Error('nothing was judged');
  return found;
}

const named = (result: RunResult, name = result.run.id): Run => ({ name, result });
/** p99 by repeat, in ms; null: not reached. */
function calm(...p99Ms: readonly (number | null)[]): Run {
  return named(
    comparedRun(
      'calm',
      p99Ms.map((ms, n): TrialShape => ({ repeat: n + 1, p99: ms === null ? null : ms * 1e3 })),
    ),
  );
}

const kill = (part = 'service'): FaultResult => ({
  ...{ fault: 'kill', link: null, plannedAtMs: 1_000, plannedForMs: 500, appliedAtMs: 1_001, removedAtMs: 1_600 },
  ...{ settings: { part }, expected: '', circumstance: '', proof: null, kills: true },
});

interface Outage {
  readonly failed?: number;
  readonly ledger?: Partial<TrialResult['ledger']>;
  readonly part?: string;
  readonly change?: Partial<TrialResult>;
}

/** A repeat each; 10,000 operations before the outage and while it is there. */
function outages(...all: readonly Outage[]): Run {
  const run = comparedRun(
    'away',
    all.map((_, n) => ({ repeat: n + 1, p99: 4_000, condition: 'away' })),
    { plan: { ...comparedRun('', []).plan, conditions: { away: [{ fault: 'kill', part: 'service' }] } } },
  );
  const trials = run.trials.map((trial, n): TrialResult => {
    const { failed = 0, ledger = {}, part, change } = all[n] ?? {};
    const { steady } = trial.phases;
    if (steady === undefined) throw new Error('a fixture is steady');
    const struck = (operation: (typeof steady.operations)[string]) => ({
      ...operation,
      counts: { ...operation.counts, ok: 10_000 - failed, timedOut: failed },
    });
    const during = {
      ...steady,
      operations: Object.fromEntries(Object.entries(steady.operations).map(([name, one]) => [name, struck(one)])),
    };
    const phases = { before: steady, during };
    return { ...trial, phases, faults: [kill(part)], ledger: { ...trial.ledger, stateLost: 0, ...ledger }, ...change };
  });
  return named({ ...run, trials });
}

it('looks at the shipped scenarios only where something is left open', () => {
  const looks = (words: Partial<RequirementWords>) => {
    let times = 0;
    const requirements = readRequirements({ failed: '0%', risk: '50%', ...words }, () => []);
    decide([calm(4, 4, 4)], requirements, () => {
      times++;
      return shipped;
    });
    return times;
  };
  expect(looks({ latency: ['100ms'] })).toBe(0);
  expect(looks({ survive: ['service'] })).toBeGreaterThan(0);
});

describe('a latency', () => {
  it.each([
    ['meets where the whole interval lies within the limit', [40, 41, 42], 'meets', null],
    ['misses where the whole interval lies beyond', [140, 141, 142], 'misses', null],
    ['cannot be told where the limit lies within the interval', [80, 100, 115], 'cannotTell', 'withinInterval'],
    ['misses where it is not reached', [null, null, null], 'misses', 'notReached'],
    ['cannot be told where it is not reached in some', [40, 41, null], 'cannotTell', 'notReachedInSome'],
    ['cannot be told from two repeats without intervals of their own', [40, 41], 'cannotTell', 'noInterval'],
  ])('%s', (_what, p99, answer, reason) => {
    expect(only([calm(...p99)], { latency: ['100ms'] })).toMatchObject({ answer, reason });
  });

  it('says how many repeats would tell, and so many of that scatter do', () => {
    const { needed } = only([calm(80, 90, 100)], { latency: ['100ms'] });
    expect(needed).toBeGreaterThan(3);
    const more = Array.from({ length: needed ?? 0 }, (_, n) => 80 + (20 * n) / ((needed ?? 0) - 1));
    expect(only([calm(...more)], { latency: ['100ms'] }).answer).toBe('meets');
  });

  it('of one repeat is told a factor of 1.5 beyond what is sure within the run', () => {
    const within = (high: number): Run => {
      const run = calm(40);
      const trials = run.result.trials.map((trial) => {
        const { steady } = trial.phases;
        const [[name, operation] = ['', undefined]] = Object.entries(steady?.operations ?? {});
        if (steady === undefined || operation === undefined) throw new Error('a fixture has an operation');
        const withinRunUs = { offered: { p99: [38_000, high * 1e3] as [number, number] } };
        return { ...trial, phases: { steady: { ...steady, operations: { [name]: { ...operation, withinRunUs } } } } };
      });
      return { ...run, result: { ...run.result, trials } };
    };
    expect(only([within(66)], { latency: ['100ms'] }).answer).toBe('meets');
    expect(only([within(67)], { latency: ['100ms'] })).toMatchObject({ answer: 'cannotTell', needed: 3 });
  });

  it('adds the repeats of another run of the same up, and tells of the same arrivals', () => {
    const two = [calm(40, 41), { ...calm(42, 43), name: 'later' }];
    const later = { ...two[1], result: { ...two[1]?.result, run: { ...two[1]?.result.run, id: 'later' } } } as Run;
    const decision = decided([two[0] as Run, later], { latency: ['100ms'] });
    expect(decision.groups[0]?.targets[0]?.judgements[0]).toMatchObject({ answer: 'meets', repeats: 4 });
    expect(decision.notes.join()).toContain('the same seed');
  });

  it('counts a run that is given twice once, and says so', () => {
    const decision = decided([calm(40, 41), { ...calm(40, 41), name: 'again' }], { latency: ['100ms'] });
    expect(decision.sources).toHaveLength(1);
    expect(decision.notes.join()).toContain('again is a run that was given already');
  });

  it('leaves invalid trials out by name, and suspect ones unless it is for their resolution', () => {
    const verdict = (status: 'suspect' | 'invalid', code: string): TrialResult['verdict'] => ({
      status,
      reasons: [{ status, code, message: `for ${code}`, remedy: '' }],
    });
    const shapes = [
      { repeat: 1, p99: 900_000, verdict: verdict('invalid', 'drops') },
      { repeat: 2, p99: 900_000, verdict: verdict('suspect', 'otherWork') },
      { repeat: 3, p99: 40_000, verdict: verdict('suspect', 'resolution') },
      ...[4, 5].map((repeat) => ({ repeat, p99: 40_000 + repeat })),
    ];
    const decision = decided([named(comparedRun('doubts', shapes))], { latency: ['100ms'] });
    expect(decision.groups[0]?.targets[0]?.judgements[0]).toMatchObject({ answer: 'meets', repeats: 3 });
    expect(decision.leftOut.map(({ trial, reason }) => `${trial} ${reason}`)).toEqual([
      'rest-calm-1 for drops',
      'rest-calm-2 for otherWork',
    ]);
  });

  it('that nothing was undisturbed for is never asked, and the scenario that would is named', () => {
    const run = outages({ change: { phases: {} } }, {});
    const calmless = run.result.trials.map((trial) => ({ ...trial, phases: { during: trial.phases.before } }));
    const found = only([named({ ...run.result, trials: calmless as TrialResult[] })], { latency: ['100ms'] });
    expect(found).toMatchObject({
      answer: 'notAsked',
      askedBy: ['scenarios/service-restart.yaml', 'scenarios/http-caching.yaml'],
    });
  });
});

describe('an outage', () => {
  const five = [{}, {}, {}, {}, {}];

  it('is survived where none of five struck, and four say too little', () => {
    expect(only([outages(...five)], { survive: ['service'] })).toMatchObject({
      answer: 'meets',
      outages: 5,
      struck: 0,
    });
    expect(only([outages(...five.slice(1))], { survive: ['service'] })).toMatchObject({
      answer: 'cannotTell',
      reason: 'tooFewOutages',
      needed: 5,
      askedBy: ['scenarios/service-restart.yaml'],
    });
  });

  it('takes more of them for a smaller risk', () => {
    const found = only([outages(...five)], { survive: ['service'], risk: '20%' });
    expect(found).toMatchObject({ answer: 'cannotTell', needed: 14 });
  });

  it('is missed by the worst of them', () => {
    const found = only([outages(...five, { failed: 5_000 }, { failed: 50 })], { survive: ['service'] });
    expect(found).toMatchObject({ answer: 'misses', struck: 2, outages: 7, count: 5_000, of: 10_000 });
  });

  it('may strike as many as are allowed', () => {
    const words = { survive: ['service'], failed: '1%' };
    expect(only([outages(...five, { failed: 50 })], words).answer).toBe('meets');
  });

  it('of several parts at once is none of any one', () => {
    const both = { change: { faults: [kill(), kill('broker')] } };
    expect(only([outages(...five.map(() => both))], { survive: ['service'] }).answer).toBe('notAsked');
  });

  it('of a broker is survived by who has none, and never asked of who has', () => {
    expect(only([calm(4)], { survive: ['broker'] })).toMatchObject({ answer: 'meets', reason: 'lacksPart' });
    const run = calm(4);
    const trials = run.result.trials.map((trial): TrialResult => ({ ...trial, protocol: 'queue' }));
    expect(only([named({ ...run.result, trials })], { survive: ['broker'] })).toMatchObject({
      answer: 'notAsked',
      askedBy: ['scenarios/brokers.yaml'],
    });
  });
});

describe('losses and order', () => {
  const five: Outage[] = [{}, {}, {}, {}, {}];

  it('are never asked by what is calm', () => {
    expect(only([calm(4, 4, 4)], { lose: 'nothing' })).toMatchObject({ answer: 'notAsked', reason: 'nothingAway' });
  });

  it('meet where none of five outages had any', () => {
    expect(only([outages(...five)], { lose: 'nothing' }).answer).toBe('meets');
    expect(only([outages(...five)], { order: 'per-key' }).answer).toBe('meets');
  });

  it.each([
    ['lose', { lost: 3 }, { lost: 3 }],
    ['lose', { stateLost: 2 }, { stateLost: 2 }],
    ['lose', { acceptedOnlyGone: 1 }, { acceptedOnlyGone: 1 }],
    ['lose', { refusedUnheard: 4, deadLettered: 9 }, { refusedUnheard: 4 }],
    ['order', { reordered: 7 }, { reordered: 7 }],
  ] as const)('miss (%s) by what the ledger of a single trial holds: %j', (kind, ledger, what) => {
    const words = kind === 'lose' ? { lose: 'nothing' } : { order: 'per-key' };
    expect(only([outages({ ledger }, ...five)], words)).toMatchObject({ answer: 'misses', what });
  });

  it.each([
    [{ lose: 'nothing' }, { missed: 5, outOfOrder: 0 }, { missed: 5 }],
    [{ order: 'per-key' }, { missed: 0, outOfOrder: 2 }, { outOfOrder: 2 }],
  ])(
    'miss (%j) by what one subscriber had not, or not in turn, whether or not anybody keeps a ledger',
    (words, counts, what) => {
      const told = (ledger: Partial<TrialResult['ledger']>) => {
        const run = outages({ ledger }, ...five);
        const [first, ...others] = run.result.trials as [TrialResult, ...TrialResult[]];
        const deliveries = counts as NonNullable<TrialResult['deliveries']>;
        return named({ ...run.result, trials: [{ ...first, deliveries }, ...others] });
      };
      for (const ledger of [{}, { lost: null, reordered: null }])
        expect(only([told(ledger)], words)).toMatchObject({ answer: 'misses', what });
    },
  );

  it('cannot be told where a ledger does not know, and are never asked where there is none', () => {
    const nobody = { ledger: { lost: null, reordered: null } };
    expect(only([outages(nobody, ...five)], { lose: 'nothing' })).toMatchObject({
      answer: 'cannotTell',
      reason: 'notKnown',
    });
    expect(only([outages(nobody, nobody)], { lose: 'nothing' })).toMatchObject({
      answer: 'notAsked',
      reason: 'noLedger',
    });
    const ofAgents = { ledger: { unaccounted: 1, orderUndecided: 1 } };
    for (const words of [{ lose: 'nothing' }, { order: 'per-key' }])
      expect(only([outages(ofAgents, ...five)], words)).toMatchObject({ answer: 'cannotTell', reason: 'notKnown' });
    const unread = { ledger: { stateLost: null } };
    expect(only([outages(unread, ...five)], { lose: 'nothing' })).toMatchObject({ answer: 'cannotTell' });
  });

  it('look only at outages that are to be survived, where that is said', () => {
    const broker = { part: 'broker', ledger: { lost: 9 } };
    const words = { lose: 'nothing', survive: ['service'] };
    const judgements = decided([outages(broker, ...five)], words).groups[0]?.targets[0]?.judgements;
    expect(judgements?.map(({ kind, answer }) => `${kind} ${answer}`)).toEqual(['survive meets', 'lose meets']);
  });
});

/** How old reads were (p99), by repeat, in ms. */
function cached(p99Ms: readonly (number | null)[], { illegal = 0, kind = 'max-age', changes = 500 } = {}): Run {
  const run = calm(...p99Ms.map(() => 4));
  const none = { count: 0, latencyUs: { count: 0 } };
  const trials = run.result.trials.map((trial, n): TrialResult => {
    const ms = p99Ms[n] ?? null;
    const stale = {
      ...{ checked: 2_000, changes, reads: 100, illegal, backwards: 0, ownUnread: 0, ageUs: { count: 100 } },
      overallUs: { count: 2_000, p50: 0, p90: 0, p99: (ms ?? 0) * 1e3, max: (ms ?? 0) * 2e3 },
    };
    const cache = {
      ...{ kind: kind as 'max-age', at: 'client' as const, maxAgeSeconds: kind === 'max-age' ? 1 : 0, clients: 1 },
      ...{ reads: 2_000, offered: 2_000, hit: none, revalidated: none, replaced: none, miss: none },
      ...{ originReads: null, originBytes: null, kept: null, stale: ms === null ? null : stale },
    };
    return { ...trial, cache };
  });
  return named({ ...run.result, trials });
}

describe('staleness of what a cache shows', () => {
  it.each([
    [
      'misses where a newer version was acknowledged for longer',
      cached([1_500, 1_510, 1_520], { illegal: 9 }),
      'misses',
      null,
    ],
    ['meets within the limit', cached([700, 710, 720]), 'meets', null],
    ['of a single repeat is bounded by max-age where nothing was older', cached([900]), 'meets', null],
    ['of a single repeat is not, where something was', cached([900], { illegal: 1 }), 'cannotTell', 'withinInterval'],
    ['is none where each read is asked about', cached([0, 0, 0], { kind: 'etag' }), 'meets', null],
    ['of versions that nobody knows', cached([null]), 'cannotTell', 'versionsNotKnown'],
    ['of what nobody changed', cached([0, 0, 0], { changes: 0 }), 'notAsked', 'nothingChanged'],
    ['is not looked for where nothing is kept', cached([0], { kind: 'none' }), 'meets', 'answeredAfterEffect'],
  ])('%s', (_what, run, answer, reason) => {
    expect(only([run], { stale: '1s' })).toMatchObject({ answer, reason });
  });

  it('that was never asked would be by a scenario with caches', () => {
    const found = only([cached([0], { changes: 0 })], { stale: '1s' });
    expect(found.askedBy).toEqual(['scenarios/http-caching.yaml']);
  });

  it('is told with its figure and its place', () => {
    const found = only([cached([700, 710, 720])], { stale: '1s' });
    expect(found.valueUs).toBeGreaterThan(699_000);
    expect(found.highUs).toBeLessThan(1e6);
    expect(found).toMatchObject({ repeats: 3, place: { condition: 'calm', phase: null, operation: null } });
  });
});

describe('staleness', () => {
  it('is none where the caller waits for the reply', () => {
    expect(only([calm(4)], { stale: '1s' })).toMatchObject({ answer: 'meets', reason: 'answeredAfterEffect' });
  });

  it('cannot be told of processes that keep a state each', () => {
    const run = calm(4);
    const trials = run.result.trials.map((trial) => ({ ...trial, receivedBy: { service: 5, 'service-2': 5 } }));
    expect(only([named({ ...run.result, trials })], { stale: '1s' })).toMatchObject({ reason: 'stateOfOneProcess' });
  });

  it('is how late a hand-over is applied', () => {
    const run = calm(4, 4, 4);
    const trials = run.result.trials.map((trial) => {
      const { steady } = trial.phases;
      const [operation] = Object.values(steady?.operations ?? {});
      if (steady === undefined || operation === undefined) throw new Error('a fixture has an operation');
      const applied = { ...operation.latencyUs.offered, p99: 2_000_000 };
      const handedOver: typeof operation = {
        ...operation,
        completion: 'acknowledged',
        pattern: 'one-way',
        latencyUs: { ...operation.latencyUs, applied },
      };
      return { ...trial, phases: { steady: { ...steady, operations: { placeOrder: handedOver } } } };
    });
    const handedOver = named({ ...run.result, trials });
    const found = only([handedOver], { stale: '1s' });
    expect(found).toMatchObject({ answer: 'misses', place: { operation: 'placeOrder' } });
    expect(found.valueUs).toBeCloseTo(2_000_000);
    expect(only([handedOver], { stale: '3s' }).answer).toBe('meets');
  });
});

describe('targets', () => {
  it('stand in groups by what an acknowledgement is worth, in the order of the results', () => {
    const run = calm(900, 900, 900);
    const better = run.result.trials.map((trial) => ({
      ...trial,
      target: 'kept',
      semantics: { guarantee: 'replicated' },
    }));
    const { groups } = decided([named({ ...run.result, trials: [...run.result.trials, ...better] })], {
      latency: ['1s'],
    });
    expect(groups.map(({ guarantee, targets }) => [guarantee, targets.map(({ label }) => label)])).toEqual([
      ['process memory', ['rest']],
      ['replicated', ['kept']],
    ]);
  });

  it('of one name with other settings are two, and it is said which', () => {
    const set = (run: Run, connections: number): Run => {
      const targets = { rest: { connections } } as RunResult['plan']['targets'];
      return {
        name: `with-${connections}`,
        result: {
          ...run.result,
          run: { ...run.result.run, id: `${connections}` },
          plan: { ...run.result.plan, targets },
        } as RunResult,
      };
    };
    const { groups, notes } = decided([set(calm(4), 16), set(calm(5), 40)], { latency: ['1s'] });
    expect(groups[0]?.targets.map(({ label }) => label)).toEqual(['rest of with-16', 'rest of with-40']);
    expect(notes.join()).toContain('connections 16 and 40');
  });

  it('miss when anything does, and are open before they meet', () => {
    const { groups } = decided([outages({ failed: 1 }, {})], { survive: ['service', 'broker'], lose: 'nothing' });
    expect(groups[0]?.targets[0]?.answer).toBe('misses');
    expect(decided([outages({}, {})], { survive: ['service'] }).groups[0]?.targets[0]?.answer).toBe('cannotTell');
  });
});
