/** What the connections of a session share about permessage-deflate: the offer, what answers to it, and the counting. */
import { BodyCounter } from '../../result/body-bytes.ts';
import type { MessageCompression } from '../../scenarios/scenario.ts';
import { type DeflateAgreement, MessageDeflate } from './message-deflate.ts';

const extension = 'permessage-deflate';
const clientReset = 'client_no_context_takeover';
const serverReset = 'server_no_context_takeover';

export class MessagePacking {
  readonly counter = new BodyCounter();
  readonly compression: MessageCompression;
  readonly hasTakeover: boolean;
  readonly #minBytes: number;
  /** Of all connections that remember nothing. */
  #shared: MessageDeflate | null = null;

  constructor(compression: MessageCompression) {
    this.compression = compression;
    this.hasTakeover = compression.contextTakeover ?? true;
    this.#minBytes = compression.minBytes ?? 0;
  }

  static of(compression: MessageCompression | undefined): MessagePacking | null {
    return compression === undefined ? null : new MessagePacking(compression);
  }

  /**
   * Whether a message is to be packed. A smaller one goes as it is, which each may (RFC 7692 §6), and the context never
   * sees it.
   */
  packs(message: string | Buffer): boolean {
    return this.#minBytes === 0 || Buffer.byteLength(message) >= this.#minBytes;
  }

  /** RFC 7692 §7.1. Windows are not offered to be smaller: 32 KiB is what both sides have then. */
  get offer(): string {
    return this.hasTakeover ? extension : `${extension}; ${clientReset}; ${serverReset}`;
  }

  /** `answer`: the extensions that the handshake's answer names. null: not what was offered. */
  agreementIn(answer: string): DeflateAgreement | null {
    const [name, ...parameters] = answer.split(';').map((part) => part.trim().toLowerCase());
    const names = new Set(parameters.map((one) => one.split('=')[0]));
    const known = parameters.every(
      (one) => one === clientReset || one === serverReset || /^server_max_window_bits="?([89]|1[0-5])"?$/.test(one),
    );
    if (name !== extension || !known || names.size !== parameters.length) return null;
    const serverTakeover = !names.has(serverReset);
    if (serverTakeover && !this.hasTakeover) return null; // it has to say that it does as it was asked
    return { clientTakeover: this.hasTakeover && !names.has(clientReset), serverTakeover };
  }

  /** For one connection; to be given back with `release`. */
  deflateFor(agreement: DeflateAgreement): MessageDeflate {
    if (agreement.clientTakeover || agreement.serverTakeover) return this.#create(agreement);
    this.#shared ??= this.#create(agreement);
    return this.#shared;
  }

  #create(agreement: DeflateAgreement): MessageDeflate {
    return new MessageDeflate(this.compression, agreement, this.counter);
  }

  release(deflate: MessageDeflate): void {
    if (deflate !== this.#shared) deflate.close();
  }
}
