import { join } from 'node:path';
import { freePort } from '../../process/free-port.ts';
import type { SupervisedProcess } from '../../process/supervised-process.ts';
import { connectToxiproxy, type ToxiproxyClient } from '../toxiproxy-client.ts';
import { type PartContext, startPart } from './start-part.ts';

const startDeadlineMs = 15_000;

export interface NativeToxiproxy {
  readonly process: SupervisedProcess;
  readonly client: ToxiproxyClient;
  readonly version: string;
}

export async function startToxiproxy(
  binary: string,
  { directory, signal, onSpawn }: PartContext,
): Promise<NativeToxiproxy> {
  const port = await freePort();
  const client = connectToxiproxy(`http://127.0.0.1:${port}`);
  let version = '';
  const process = await startPart(
    {
      name: 'Toxiproxy',
      command: binary,
      // With counts of the bytes through each proxy, added when a connection closes: what our own counts are checked by.
      args: ['-host', '127.0.0.1', '-port', String(port), '-proxy-metrics'],
      env: { LOG_LEVEL: 'error' },
      logPath: join(directory, 'toxiproxy.log'),
      onSpawn,
      startDeadlineMs,
      probe: async () => {
        version = await client.version();
      },
    },
    signal,
  );
  return { process, client, version };
}
