/** For tests: the reference service of one target, alone and at once done with everything. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import type { Target } from '../../scenarios/scenario.ts';
import type { ProtocolEntry } from '../driver.ts';
import { freePort } from '../process/free-port.ts';
import { startReferenceService } from '../process/reference-service.ts';
import { moduleOf } from '../topology/topology.ts';

export interface LoneService {
  readonly port: number;
  readonly evidencePath: string;
  stop(): Promise<void>;
}

/** Three orders can be read. Of a protocol without a broker. */
export async function startLoneService(entry: ProtocolEntry, target: Target): Promise<LoneService> {
  const directory = await mkdtemp(join(os.tmpdir(), `wirebench-${target.protocol}-`));
  const port = await freePort();
  const evidencePath = join(directory, 'evidence');
  const service = await startReferenceService(
    moduleOf(entry, target),
    {
      ...{ protocol: target.protocol, target, port, evidencePath },
      ...{ broker: null, names: {}, population: { readable: 3, cancellable: 0 } },
      ...{ workTimeMs: 0, rejectRatio: 0, seed: 1 },
    },
    join(directory, 'service.log'),
  );
  return {
    port,
    evidencePath,
    async stop() {
      await service.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
