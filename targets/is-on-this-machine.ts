/** Whether an address is this machine’s own, as far as its addresses tell. */
import net from 'node:net';
import os from 'node:os';

/** Networks that exist within a machine only. */
const bridges = /^(docker|br-|veth|cni|podman|virbr|lxc|lxd)/;

const loopbackNet = new net.BlockList();
loopbackNet.addSubnet('127.0.0.0', 8, 'ipv4');
loopbackNet.addAddress('::1', 'ipv6');

/** `host:port`. A name that only a name server knows counts as another machine’s. */
export function isOnThisMachine(address: string): boolean {
  if (isLoopback(address)) return true;
  const host = hostOf(address);
  if (host === os.hostname()) return true;
  const own = new net.BlockList();
  for (const [name, addresses] of Object.entries(os.networkInterfaces())) {
    for (const { address: one, family: of, cidr } of addresses ?? []) {
      const type = of === 'IPv6' ? 'ipv6' : 'ipv4';
      own.addAddress(one, type);
      const prefix = Number(cidr?.split('/')[1]);
      if (bridges.test(name) && Number.isInteger(prefix)) own.addSubnet(one, prefix, type);
    }
  }
  return isOneOf(own, host);
}

/** `host:port` that is the own machine of whoever dials it. */
export function isLoopback(address: string): boolean {
  const host = hostOf(address);
  return host === 'localhost' || host.endsWith('.localhost') || isOneOf(loopbackNet, host);
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}

function isOneOf(list: net.BlockList, host: string): boolean {
  const kind = net.isIP(host);
  return kind !== 0 && list.check(host, kind === 6 ? 'ipv6' : 'ipv4');
}
