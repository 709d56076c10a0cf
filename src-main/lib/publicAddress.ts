import { BlockList, isIP } from 'node:net';

/** Addresses that are not the internet: RFC 6890 and its successors, and what translates to IPv4. */
const internal = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  internal.addSubnet(net, prefix, 'ipv4');
/** Of IPv6 only global unicast is the internet, and of that not what documents, tunnels or translates. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  internal.addSubnet(net, prefix, 'ipv6');

/** Where networks without IPv4 have the IPv4 internet (RFC 6052): their name servers answer so for any host that has no IPv6. */
const translated = new BlockList();
translated.addSubnet('64:ff9b::', 96, 'ipv6');

/** Whether an address is of the internet: not this machine, not its network, nothing that leads back to them. */
export const isPublicAddress = (address: string): boolean => {
  if (isIP(address) === 4) return !internal.check(address, 'ipv4');
  if (isIP(address) !== 6) return false;
  if (translated.check(address, 'ipv6')) return isPublicAddress(lastFour(address));
  return globalUnicast.check(address, 'ipv6') && !internal.check(address, 'ipv6');
};

/** The IPv4 address in the last four bytes of one of IPv6. */
const lastFour = (address: string): string => {
  const groups = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1).split(':') ?? [];
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
};
