/** RabbitMQ, Kafka and Toxiproxy as plain processes: free ports, data folders per run, gone with their parent. */
import { rm } from 'node:fs/promises';
import { freePort } from '../process/free-port.ts';
import type { SupervisedProcess } from '../process/supervised-process.ts';
import { startKafka } from './native/kafka.ts';
import { startRabbitmq } from './native/rabbitmq.ts';
import { startToxiproxy } from './native/toxiproxy.ts';
import { onPath } from './programs.ts';
import { openProxyLinks, type ProxyLinks } from './proxy-links.ts';
import { createRunDirectory, noteChildren } from './run-directory.ts';
import type { BrokerName, RunningBroker, RunningStack, StackNeeds } from './stack.ts';
import { kafkaVersion } from './stack-settings.ts';

export type ProgramPaths = Readonly<Partial<Record<'toxiproxy' | 'rabbitmq' | 'kafka', string>>>;

const stopGraceMs = 4_000;

/** Rejects with a BenchError (exit 3) and nothing left running when a part does not get ready. */
export async function startNativeStack(
  needs: StackNeeds,
  paths: ProgramPaths,
  signal: AbortSignal,
): Promise<RunningStack> {
  const directory = await createRunDirectory();
  const processes: Partial<Record<'toxiproxy' | BrokerName, SupervisedProcess>> = {};
  const brokers: Partial<Record<BrokerName, RunningBroker>> = {};
  const versions: Record<string, string> = {};
  const cleanUps: (() => Promise<void>)[] = [];
  let links: ProxyLinks | null = null;
  let isDown = false;
  let failed = false;
  const down = async () => {
    if (isDown) return;
    isDown = true;
    await Promise.all(Object.values(processes).map((part) => part.stop(stopGraceMs)));
    for (const cleanUp of cleanUps) await cleanUp();
    if (!failed) await rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  };
  const starting = new AbortController(); // the first part that fails ends the start of the others
  const bound = AbortSignal.any([signal, starting.signal]);
  const started = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      starting.abort();
      throw error;
    });

  const beginToxiproxy = async () => {
    if (!needs.toxiproxy) return;
    const { process, client } = await startToxiproxy(paths.toxiproxy ?? '', directory, bound);
    processes.toxiproxy = process;
    versions.toxiproxy = await client.version();
    links = openProxyLinks(client);
  };
  const beginRabbitmq = async () => {
    if (!needs.rabbitmq) return;
    const { process, address, version, cleanUp } = await startRabbitmq(paths.rabbitmq ?? '', directory, bound);
    cleanUps.push(cleanUp);
    processes.rabbitmq = process;
    versions.rabbitmq = version;
    brokers.rabbitmq = { name: 'rabbitmq', directAddress: address, links: {} };
  };
  const beginKafka = async () => {
    if (!needs.kafka) return;
    // The ports of its links are fixed before it starts: it has to advertise them.
    const advertised = { client: `127.0.0.1:${await freePort()}`, service: `127.0.0.1:${await freePort()}` };
    const { process, address, upstreams } = await startKafka(
      paths.kafka ?? '',
      onPath('java') ?? 'java',
      directory,
      advertised,
      bound,
    );
    processes.kafka = process;
    versions.kafka = kafkaVersion;
    brokers.kafka = { name: 'kafka', directAddress: address, links: {} };
    kafkaLinks = { advertised, upstreams };
  };
  let kafkaLinks: {
    advertised: { client: string; service: string };
    upstreams: { client: string; service: string };
  } | null = null;

  try {
    const begun = await Promise.allSettled([beginToxiproxy(), beginRabbitmq(), beginKafka()].map(started));
    const first =
      begun.find((one) => one.status === 'rejected' && !isAbort(one.reason)) ??
      begun.find((one) => one.status === 'rejected');
    if (first?.status === 'rejected') throw signal.aborted ? signal.reason : first.reason;
    const open = links as ProxyLinks | null;
    if (open !== null) await addBrokerLinks(open, brokers, kafkaLinks);
    await noteChildren(
      directory,
      Object.values(processes).map(({ pid }) => pid),
    );
    return {
      mode: 'native',
      versions,
      toxiproxy: open?.client ?? null,
      brokers,
      processes,
      directory,
      openLink: (name, upstream) => requireLinks(open).open(name, upstream),
      closeLink: (link) => requireLinks(open).close(link),
      down,
    };
  } catch (error) {
    failed = !signal.aborted;
    await down();
    throw error;
  }
}

async function addBrokerLinks(
  links: ProxyLinks,
  brokers: Partial<Record<BrokerName, RunningBroker>>,
  kafka: { advertised: { client: string; service: string }; upstreams: { client: string; service: string } } | null,
): Promise<void> {
  if (brokers.rabbitmq !== undefined) {
    const { directAddress } = brokers.rabbitmq;
    const [client, service] = [await links.open('client', directAddress), await links.open('service', directAddress)];
    brokers.rabbitmq = { ...brokers.rabbitmq, links: { client, service } };
  }
  if (brokers.kafka !== undefined && kafka !== null) {
    const client = await links.open('client', kafka.upstreams.client, kafka.advertised.client);
    const service = await links.open('service', kafka.upstreams.service, kafka.advertised.service);
    brokers.kafka = { ...brokers.kafka, links: { client, service } };
  }
}

function requireLinks(links: ProxyLinks | null): ProxyLinks {
  if (links === null) throw new Error('this stack has no Toxiproxy');
  return links;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
