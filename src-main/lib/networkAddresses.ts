import { networkInterfaces } from 'node:os';

/** The addresses by which other machines are reached, as text: another text is another network. */
export const networkAddresses = (): string =>
  Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .flatMap(({ internal, address }) => (internal ? [] : address))
    .toSorted()
    .join(' ');
