import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../result/create-folder.ts';
import { freePort } from '../../process/free-port.ts';
import type { SupervisedProcess } from '../../process/supervised-process.ts';
import { type PartContext, startPart } from '../native/start-part.ts';
import { elasticmqConfig, elasticmqHeap, elasticmqJvm } from './settings.ts';

/** Its first answer was seen to take 19 s on a loaded machine. */
const startDeadlineMs = 60_000;
const probeDeadlineMs = 2_000;

export interface NativeElasticmq {
  readonly process: SupervisedProcess;
  /** `host:port` */
  readonly address: string;
  /** Its home; messages are in memory. */
  readonly folder: string;
}

/** `jars`: folder of its jars. Rejects with a BenchError (exit 3), or with the signal's reason. */
export async function startElasticmq(
  { jars, java }: { readonly jars: string; readonly java: string },
  context: PartContext,
): Promise<NativeElasticmq> {
  const home = join(context.directory, 'elasticmq');
  const temporary = join(home, 'temporary');
  createFolder(temporary);
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const configPath = join(home, 'elasticmq.conf');
  writeFileSync(configPath, elasticmqConfig({ host: '127.0.0.1', port }));
  const process = await startPart(
    {
      name: 'ElasticMQ',
      command: java,
      args: [
        ...[`-Xmx${elasticmqHeap}`, `-Xms${elasticmqHeap}`, '-XX:-UsePerfData', `-Djava.io.tmpdir=${temporary}`],
        ...elasticmqJvm,
        ...[`-Dconfig.file=${configPath}`, '-cp', join(jars, '*'), 'org.elasticmq.server.Main'],
      ],
      cwd: home,
      logPath: join(context.directory, 'elasticmq.log'),
      onSpawn: context.onSpawn,
      startDeadlineMs,
      probe: () => probeSqs(address),
    },
    context.signal,
  );
  return { process, address, folder: home };
}

/** Asks for its queues; rejects when that is not answered. */
export async function probeSqs(address: string): Promise<void> {
  const response = await fetch(`http://${address}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ListQueues' },
    body: '{}',
    signal: AbortSignal.timeout(probeDeadlineMs),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`it answers with status ${response.status}: ${text.slice(0, 200)}`);
}
