/** A way for one request and its answer between a client and services behind paths, which may refuse what they cannot read. */
import type { WireFormats } from './message-format.ts';

export interface PlayedService {
  readonly path: string;
  /** Throws for a request that it refuses. */
  serve(request: Buffer): Buffer;
}

export interface OpenWire {
  /** null: the service refused. */
  call(path: string, request: Buffer): Promise<Buffer | null>;
  close(): Promise<unknown>;
}

export interface EvolutionWire {
  /** Libraries of service and client. */
  readonly carriedBy: string;
  readonly formats: WireFormats;
  /** `broker`: `host:port`, of several with commas between; empty without one. */
  open(services: readonly PlayedService[], broker: string): Promise<OpenWire>;
}

/** Calls whose answers come by another way. */
export class WaitingCalls {
  readonly #calls = new Map<string, (answer: Buffer | null) => void>();
  #count = 0;

  async for(send: (id: string) => Promise<void>): Promise<Buffer | null> {
    const id = String(this.#count++);
    const { promise, resolve } = Promise.withResolvers<Buffer | null>();
    this.#calls.set(id, resolve);
    await send(id);
    return promise;
  }

  answer(id: string, answer: Buffer | null): void {
    this.#calls.get(id)?.(answer);
    this.#calls.delete(id);
  }
}

/** null: the service refused. Throws when there is none at this path. */
export function answeredAt(
  services: readonly PlayedService[],
  path: string | undefined,
  request: Buffer,
): Buffer | null {
  const service = services.find((one) => one.path === path);
  if (service === undefined) throw new Error(`no service at ${path}`);
  return answered(service.serve, request);
}

/** The same of one service. */
export function answered(serve: PlayedService['serve'], request: Buffer): Buffer | null {
  try {
    return serve(request);
  } catch {
    return null;
  }
}
