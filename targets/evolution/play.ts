/** Clients of one version with services of the other, over a real wire: what each made of the other's message. */
import { type ChangeName, changeNames, changes, type Values, type Version, versions } from './changes.ts';
import { type FormatName, formats, grpcFormat, type MessageFormat } from './message-format.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { type Brokers, type Service, type WireName, wires } from './wires.ts';

export interface Cell {
  readonly change: ChangeName;
  readonly format: FormatName;
  readonly client: Version;
  readonly wire: WireName;
  /** What the service made of the request. */
  readonly request: Verdict;
  /** What the client made of the answer; null: there was none. */
  readonly answer: Verdict | null;
}

const formatNames = Object.keys(formats) as FormatName[];

/** Neither JSON nor protobuf. */
const unreadable = Buffer.from([0xff]);

/** All cells of one wire; gRPC has no JSON. Rejects when the wire itself fails, or does not tell a refusal. */
export async function playEvolution(wire: WireName, brokers: Brokers): Promise<Cell[]> {
  const plays = changeNames.flatMap((change) =>
    formatNames
      .filter((format) => wire !== 'gRPC' || format === 'protobuf')
      .flatMap((format) => versions.map((client) => new Play(change, format, client, wire))),
  );
  const open = await wires[wire](
    plays.map(({ service }) => service),
    brokers,
  );
  try {
    const cells = plays.map(async (play) => {
      const call = (request: Buffer) => open.call(play.service.path, request);
      if ((await call(unreadable)) !== null) throw new Error(`${wire} answers what nobody can read`);
      return play.cell(call);
    });
    return await Promise.all(cells);
  } finally {
    await open.close();
  }
}

/** One client and the service that it meets. */
class Play {
  readonly service: Service;
  readonly #of: Pick<Cell, 'change' | 'format' | 'client' | 'wire'>;
  /** null: not read, or refused. */
  #served: Values | null = null;

  constructor(change: ChangeName, format: FormatName, client: Version, wire: WireName) {
    this.#of = { change, format, client, wire };
    const own = this.#format(this.#serverVersion);
    const { says } = changes[change][this.#serverVersion];
    this.service = {
      path: [change, format, client].join('-').replace(/[^a-z]+/gi, '-'),
      serve: (request) => {
        this.#served = own.read(request);
        return own.write(says);
      },
    };
  }

  get #serverVersion(): Version {
    return this.#of.client === 'old' ? 'new' : 'old';
  }

  #format(version: Version): MessageFormat {
    const { change, format, wire } = this.#of;
    return (wire === 'gRPC' ? grpcFormat : formats[format])(changes[change][version]);
  }

  async cell(call: (request: Buffer) => Promise<Buffer | null>): Promise<Cell> {
    const { change, client } = this.#of;
    const own = changes[change][client];
    const theirs = changes[change][this.#serverVersion];
    const format = this.#format(client);
    const answer = await call(format.write(own.says));
    if (answer === null && this.#served !== null) throw new Error(`${this.service.path}: served and yet refused`);
    return {
      ...this.#of,
      request: verdictOf(own, theirs, answer === null ? null : this.#served),
      answer: answer === null ? null : verdictOf(theirs, own, readOrRefused(format, answer)),
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
