import { computed } from '@preact/signals';
import type { Address } from '../../../src-shared/model.ts';
import { list } from './list.ts';
import { openThread } from './reader.ts';

/** So many of the newest rows are looked through, however long the list. */
const MOST_ROWS = 2_000;

/** People whose mail was seen in this window, by whom the person was most often written to first. */
export const people = computed((): Address[] => {
  const seen = new Map<string, { address: Address; times: number }>();
  const emails = [...list.value.rows.value.slice(0, MOST_ROWS), ...(openThread.value?.emails ?? [])];
  for (const address of emails.flatMap(({ from, to, cc }) => [...from, ...to, ...cc])) {
    const key = address.email.toLowerCase();
    const known = seen.get(key);
    seen.set(key, { address: known?.address.name ? known.address : address, times: (known?.times ?? 0) + 1 });
  }
  return [...seen.values()].toSorted((a, b) => b.times - a.times).map(({ address }) => address);
});
