/** Whether an address is this machine’s own, as far as its addresses tell. */
import net from 'node:net';
import os from 'node:os';

/** Networks that exist within a machine only. */
const bridges = /^(docker|br-|veth|cni|podman|virbr|lxc|lxd)/;

/** `host:port`. A name that only a name server knows counts as another machine’s. */
export function isOnThisMachine(address: string): boolean {
  const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host === os.hostname()) return true;
  const kind = net.isIP(host);
  if (kind === 0) return false;
  const family = kind === 6 ? 'ipv6' : 'ipv4';
  const own = new net.BlockList();
  own.addSubnet('127.0.0.0', 8, 'ipv4');
  own.addAddress('::1', 'ipv6');
  for (const [name, addresses] of Object.entries(os.networkInterfaces())) {
    for (const { address: one, family: of, cidr } of addresses ?? []) {
      const type = of === 'IPv6' ? 'ipv6' : 'ipv4';
      own.addAddress(one, type);
      const prefix = Number(cidr?.split('/')[1]);
      if (bridges.test(name) && Number.isInteger(prefix)) own.addSubnet(one, prefix, type);
    }
  }
  return own.check(host, family);
}
