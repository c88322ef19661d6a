/** A load worker’s canaries: each goes with an operation when that is taken up, and comes back on the same event loop. */
import { Socket } from 'node:net';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { leaveUncounted } from '../recording/wire-counter.ts';
import { CanaryAccount, type CanaryData } from './canary-account.ts';
import { CanaryStride } from './canary-stride.ts';
import { answerBytes, questionBytes } from './canary-wire.ts';

/** Of all load workers together. */
const canariesPerSecond = 50;

export interface CanaryFlockOptions {
  /** Of the echo, on loopback. */
  readonly port: number;
  readonly workers: number;
  readonly worker: number;
  /** Of all workers; null: nobody knows (a closed model). */
  readonly ratePerSecond: number | null;
  readonly seed: number;
}

/** A guess on the high side: too few canaries in the first second of a warm-up are better than thousands. */
const guessedRate = 10_000;
const openDeadlineMs = 2_000;

export class CanaryFlock {
  readonly #socket: Socket;
  readonly #stride: CanaryStride;
  readonly #account = new CanaryAccount();
  #rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #isMeasured: (dueUs: number) => boolean = () => false;

  private constructor(socket: Socket, { workers, worker, ratePerSecond, seed }: CanaryFlockOptions) {
    this.#socket = socket;
    this.#stride = new CanaryStride({
      perSecond: canariesPerSecond / workers,
      firstRatePerSecond: (ratePerSecond ?? guessedRate) / workers,
      seed: seed + worker,
    });
    socket.on('data', (chunk) => this.#read(chunk, monotonicNowUs()));
  }

  /** null: the echo does not answer; there are no canaries then. */
  static async open(options: CanaryFlockOptions): Promise<CanaryFlock | null> {
    const socket = new Socket();
    leaveUncounted(socket);
    socket.setNoDelay(true);
    const isOpen = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), openDeadlineMs);
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve(true);
      });
      socket.on('error', () => {
        clearTimeout(timer);
        resolve(false);
      });
      socket.connect(options.port, '127.0.0.1');
    });
    if (isOpen) return new CanaryFlock(socket, options);
    socket.destroy();
    return null;
  }

  /** `isMeasured`: an operation due then belongs to the measured part. */
  begin(isMeasured: (dueUs: number) => boolean): void {
    this.#isMeasured = isMeasured;
  }

  /** Once for each operation, right behind it. */
  follow(dueUs: number, takenUpUs: number): void {
    if (!this.#stride.takes(dueUs) || this.#socket.destroyed) return;
    const question = Buffer.allocUnsafe(questionBytes);
    question.writeDoubleLE(dueUs, 0);
    question.writeDoubleLE(takenUpUs, 8);
    this.#socket.write(question);
  }

  close(): CanaryData {
    this.#socket.destroy();
    return this.#account.toData();
  }

  #read(chunk: Buffer, recordedUs: number): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (; this.#rest.length >= answerBytes; this.#rest = this.#rest.subarray(answerBytes)) {
      const dueUs = this.#rest.readDoubleLE(0);
      const [takenUpUs, sentUs] = [this.#rest.readDoubleLE(8), this.#rest.readDoubleLE(16)];
      this.#account.record(dueUs, takenUpUs, sentUs, recordedUs, this.#isMeasured(dueUs));
    }
  }
}
