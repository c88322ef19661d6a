/** A service that consumes from several queues or topics, or from one with several consumers: as if it were several. */
import type { BrokerRequests, HostedService, ServiceStart } from './host-service.ts';
import type { ServiceOptions } from './service-options.ts';

/** `start` begins one consumer; those of one place one after the other, since the first of them makes it. */
export function eachConsumer(start: ServiceStart): ServiceStart {
  return async (domain, options, publications) => {
    const started: HostedService[] = [];
    const places = consumersOf(options).map(async (consumers) => {
      for (const one of consumers) started.push(await start(domain, one, publications));
    });
    await Promise.all(places);
    const [only] = started;
    return started.length === 1 && only !== undefined ? only : together(started);
  };
}

/** By place. The first consumer of the first process has instance 0, and no two have the same. */
function consumersOf(options: ServiceOptions): ServiceOptions[][] {
  const { names, topicNames = [names], target, instance = 0 } = options;
  const { consumers = 1, instances = 1 } = target;
  return topicNames.map((own) =>
    Array.from({ length: consumers }, (_, n) => ({ ...options, names: own, instance: instance + n * instances })),
  );
}

function together(services: readonly HostedService[]): HostedService {
  const all = async (work: (service: HostedService) => Promise<void> | undefined) => {
    await Promise.all(services.map(work));
  };
  const rebalances = services.flatMap((service) => service.rebalances?.bind(service) ?? []);
  const requests = services.flatMap((service) => service.brokerRequests?.bind(service) ?? []);
  return {
    ...(rebalances.length > 0 && { rebalances: () => rebalances.reduce((sum, told) => sum + told(), 0) }),
    ...(requests.length > 0 && { brokerRequests: () => sumOfRequests(requests.map((told) => told())) }),
    release: () => all((service) => service.release?.()),
    consume: (isOn) => all((service) => service.consume?.(isOn)),
    member: (place) => all((service) => service.member?.(place)),
    close: () => all((service) => service.close()),
  };
}

function sumOfRequests(all: readonly BrokerRequests[]): BrokerRequests {
  const sum = (of: (requests: BrokerRequests) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    receives: sum(({ receives }) => receives),
    deletes: sum(({ deletes }) => deletes),
    returns: sum(({ returns }) => returns),
    replies: sum(({ replies }) => replies),
  };
}
