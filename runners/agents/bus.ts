/** The way between a run and its agents: NATS, in the few verbs that they need. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  errors,
  type NatsConnection,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { tlsFailureOf } from '../../targets/driver-kit/tls-failure.ts';
import { packMessage } from './agent-messages.ts';

export type BusLogin =
  | { readonly user: string; readonly password: string }
  /** Of an NKey pair. */
  | { readonly seed: Uint8Array }
  /** The contents of a file of a user's JWT and NKey. */
  | { readonly creds: Uint8Array }
  /** A server that asks for nothing. */
  | null;

export interface BusOptions {
  /** `tls://HOST:PORT`, or `nats://HOST:PORT` without TLS. */
  readonly url: string;
  /** As the server lists it. */
  readonly name: string;
  readonly login: BusLogin;
  /** PEM of who signed the server's certificate; null: whom the system trusts. */
  readonly ca: string | null;
  /** What the subjects of answers to its requests begin with; left out: it names them itself. */
  readonly inbox?: string;
}

export interface BusMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** To a request; nothing to what was only published. */
  respond(bytes: Uint8Array): void;
}

const connectMs = 5_000;
const reconnectMs = 200;
const flushMs = 500;
/** Reasons of `tlsFailureOf`. */
const ofAnotherServer: ReadonlySet<string> = new Set([
  'certificate of an unknown authority',
  'certificate of another host',
]);

export class Bus {
  readonly #connection: NatsConnection;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /**
   * Rejects with a BenchError: `busRefused` (exit 2) when the server is there, but does not take this login or is another, else `noBus`
   * (exit 3). A connection that is lost later is made again, however often.
   */
  static async connect({ url, name, login, ca, inbox }: BusOptions): Promise<Bus> {
    const { protocol, host } = new URL(url);
    try {
      const connection = await connect({
        servers: host,
        name,
        timeout: connectMs,
        maxReconnectAttempts: -1,
        reconnectTimeWait: reconnectMs,
        ignoreAuthErrorAbort: true, // a server that has just started may take too long to ask who it is
        ignoreClusterUpdates: true,
        ...(inbox !== undefined && { inboxPrefix: inbox }),
        ...(protocol === 'tls:' && { tls: ca === null ? {} : { ca } }),
        ...(login !== null && { authenticator: authenticatorOf(login) }),
      });
      return new Bus(connection);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      if (isRefusal(cause)) {
        throw new BenchError(
          'busRefused',
          `NATS at ${host} is not the one that this token or these credentials are for: ${why}`,
          {
            hint: 'Take those of this run: `--token-file` with the file that it has written, or `--nats-creds` and `--nats-ca`.',
            exitCode: exitCodes.usage,
            cause,
          },
        );
      }
      throw new BenchError('noBus', `NATS at ${host} cannot be reached: ${why}`, {
        hint: 'Look whether it runs, whether this host can reach it, and whether the certificate is the one of this run.',
        exitCode: exitCodes.stack,
        cause,
      });
    }
  }

  /** Harmless on a closed one, as everything here: whoever clears up need not look. */
  publish(subject: string, message: unknown): void {
    if (!this.#connection.isClosed()) this.#connection.publish(subject, packMessage(message));
  }

  /**
   * Resolves with the answer's bytes, which come under the subject `reply`; left out: one of the inbox. Rejects when nobody
   * listens, or none came in time.
   */
  async request(subject: string, message: unknown, timeoutMs: number, reply?: string): Promise<Uint8Array> {
    const answer = await this.#connection.request(subject, packMessage(message), {
      timeout: timeoutMs,
      ...(reply !== undefined && { noMux: true, reply }),
    });
    return answer.data;
  }

  /** Until the bus is closed. */
  subscribe(subject: string, listener: (message: BusMessage) => void): void {
    this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return;
        listener({
          subject: message.subject,
          data: message.data,
          respond: (bytes) => void message.respond(bytes),
        });
      },
    });
  }

  /** Called when the connection is lost: what was said meanwhile is lost, too, though it is made again. */
  onGap(listener: () => void): void {
    void this.#watch(listener);
  }

  async #watch(listener: () => void): Promise<void> {
    for await (const { type } of this.#connection.status()) if (type === 'disconnect') listener();
  }

  /** Until the server has had everything that was published; one that does not answer is not waited for. */
  async flush(): Promise<void> {
    if (this.#connection.isClosed()) return;
    await Promise.race([this.#connection.flush().catch(() => undefined), sleep(flushMs, undefined, { ref: false })]);
  }

  async close(): Promise<void> {
    if (!this.#connection.isClosed()) await this.#connection.close().catch(() => undefined);
  }
}

/** The login, or the certificate, belongs to another server; what only took too long is worth another try. */
function isRefusal(cause: unknown): boolean {
  if (cause instanceof errors.AuthorizationError) return /authorization violation/i.test(cause.message);
  return ofAnotherServer.has(tlsFailureOf(cause)?.reason ?? '');
}

function authenticatorOf(login: Exclude<BusLogin, null>): Authenticator {
  if ('seed' in login) return nkeyAuthenticator(login.seed);
  if ('creds' in login) return credsAuthenticator(login.creds);
  return () => ({ user: login.user, pass: login.password });
}
