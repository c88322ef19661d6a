/** A stack whose clients reach the brokers through relays that note when an answer went on its way to them. */
import { fileURLToPath } from 'node:url';
import { startProcess } from '../../targets/process/supervised-process.ts';
import type { BrokerName, RunningStack } from '../../targets/stack/stack.ts';
import type { RelayOrder, RelayReport } from './reply-relay.ts';

export interface ReplyRelay {
  /** Operation id → monotonic µs, of all since the last call. */
  collect(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** Takes the place of the client's proxy, at its address: that is what Kafka tells its clients. */
export async function relayReplies(stack: RunningStack, name: BrokerName, logPath: string): Promise<ReplyRelay> {
  const link = stack.brokers[name]?.links.client;
  if (link === undefined || stack.toxiproxy === null) throw new Error(`${name} has no link to take the place of`);
  await stack.toxiproxy.removeProxy(link.proxy);
  const args = [fileURLToPath(new URL('./reply-relay.ts', import.meta.url))];
  const relay = await startProcess({ name: 'reply relay', command: process.execPath, args, logPath, ipc: true });
  const ask = (order: RelayOrder) => {
    const answered = new Promise<RelayReport>((resolve, reject) => {
      const forget = [
        relay.onMessage((message) => {
          for (const one of forget) one();
          resolve(message as RelayReport);
        }),
        relay.onExit(() => reject(new Error(`the relay ended: ${relay.logTail()}`))),
      ];
    });
    relay.send(order);
    return answered;
  };
  const { hostname: host, port } = new URL(`tcp://${link.address}`);
  const { hostname: upstreamHost, port: upstreamPort } = new URL(`tcp://${link.upstream}`);
  await ask({
    type: 'listen',
    host,
    port: Number(port),
    upstreamHost,
    upstreamPort: Number(upstreamPort),
    lengthFactor: name === 'kafka' ? 2 : 1,
  });
  return {
    async collect() {
      const report = await ask({ type: 'collect' });
      return report.type === 'seen' ? report.seen : {};
    },
    close: () => relay.stop(),
  };
}
