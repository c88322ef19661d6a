/** Clients of one version with services of the other, over a real wire: what each made of the other's message. */
import {
  type MessageFormatName,
  type SchemaChange,
  type SchemaSide,
  schemaSides,
} from '../../result/evolution-names.ts';
import type { EvolutionCell } from '../../result/result-types.ts';
import { bounded } from '../driver-kit/bounded.ts';
import { unlessAborted } from '../process/unless-aborted.ts';
import { changes, type Values } from './changes.ts';
import type { EvolutionWire, OpenWire, PlayedService } from './evolution-wire.ts';
import type { MessageFormat, MessageLibrary } from './message-format.ts';
import { readingOf } from './reading.ts';

export interface PlayedWire {
  /** As cells have it. */
  readonly name: string;
  readonly wire: EvolutionWire;
  /** See `EvolutionWire.open`. */
  readonly broker: string;
}

const closeWithinMs = 5_000;

/** Neither JSON nor protobuf. */
const unreadable = Buffer.from([0xff]);

/** All cells of one wire. Rejects when the wire itself fails or does not tell a refusal, and when `signal` aborts. */
export async function playWire(
  { name, wire, broker }: PlayedWire,
  played: readonly SchemaChange[],
  signal: AbortSignal,
): Promise<EvolutionCell[]> {
  const formats = Object.entries(wire.formats) as [MessageFormatName, MessageLibrary][];
  const plays = played.flatMap((change) =>
    formats.flatMap(([format, library]) =>
      schemaSides.map((client) => new Play({ change, format, client, wire: name }, library)),
    ),
  );
  const opening = wire.open(
    plays.map(({ service }) => service),
    broker,
  );
  const close = (open: OpenWire) => bounded(closeWithinMs, open.close());
  try {
    const open = await unlessAborted(opening, signal);
    return await unlessAborted(Promise.all(plays.map((play) => playOne(play, open))), signal);
  } finally {
    const closing = opening.then(close, () => undefined); // opened too late it is closed all the same
    if (!signal.aborted) await closing;
  }
}

async function playOne(play: Play, { call }: OpenWire): Promise<EvolutionCell> {
  const { path } = play.service;
  if ((await call(path, unreadable)) !== null) throw new Error(`${path}: what nobody can read is answered`);
  return play.cell((request) => call(path, request));
}

type Pairing = Pick<EvolutionCell, 'change' | 'format' | 'client' | 'wire'>;

/** One client and the service that it meets. */
class Play {
  readonly service: PlayedService;
  readonly #of: Pairing;
  readonly #library: MessageLibrary;
  /** null: not read, or refused. */
  #served: Values | null = null;

  constructor(of: Pairing, library: MessageLibrary) {
    this.#of = of;
    this.#library = library;
    const own = this.#format(this.#serverSide);
    const { says } = changes[of.change][this.#serverSide];
    this.service = {
      path: [of.change, of.format, of.client].join('-'),
      serve: (request) => {
        this.#served = own.read(request);
        return own.write(says);
      },
    };
  }

  get #serverSide(): SchemaSide {
    return this.#of.client === 'old' ? 'new' : 'old';
  }

  #format(side: SchemaSide): MessageFormat {
    return this.#library.formatOf(changes[this.#of.change][side]);
  }

  async cell(call: (request: Buffer) => Promise<Buffer | null>): Promise<EvolutionCell> {
    const { change, client } = this.#of;
    const own = changes[change][client];
    const theirs = changes[change][this.#serverSide];
    const format = this.#format(client);
    const answer = await call(format.write(own.says));
    if (answer === null && this.#served !== null) throw new Error(`${this.service.path}: served and yet refused`);
    return {
      ...this.#of,
      request: readingOf(own, theirs, answer === null ? null : this.#served),
      answer: answer === null ? null : readingOf(theirs, own, readOrRefused(format, answer)),
    };
  }
}

function readOrRefused(format: MessageFormat, bytes: Buffer): Values | null {
  try {
    return format.read(bytes);
  } catch {
    return null;
  }
}
