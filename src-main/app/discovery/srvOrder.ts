import type { Clock } from '../../lib/clock.ts';
import type { SrvRecord } from './ports.ts';

/** A domain may list thousands; nobody tries more. */
const MOST_TARGETS = 4;

/**
 * The servers to try, in order (RFC 2782): by priority, and within one by lot, the heavier ones with better chances. Empty
 * where there are none, or the domain says so with the target '.'.
 */
export const srvOrder = (records: readonly SrvRecord[], clock: Clock): SrvRecord[] => {
  const usable = records.filter(({ name, port }) => name !== '' && name !== '.' && port > 0);
  const priorities = [...new Set(usable.map(({ priority }) => priority))].toSorted((a, b) => a - b);
  const order: SrvRecord[] = [];
  for (const priority of priorities) {
    const left = usable.filter((each) => each.priority === priority);
    while (left.length > 0 && order.length < MOST_TARGETS) order.push(...left.splice(drawn(left, clock), 1));
  }
  return order;
};

const drawn = (records: readonly SrvRecord[], clock: Clock): number => {
  const total = records.reduce((sum, { weight }) => sum + weight, 0);
  let lot = clock.random() * total;
  const index = records.findIndex(({ weight }) => {
    lot -= weight;
    return lot < 0;
  });
  return Math.max(index, 0);
};
