import { signal } from '@preact/signals';
import type { Address } from '../../../src-shared/model.ts';
import { isMeant } from '../../../src-shared/people.ts';
import { recipient } from '../lib/addresses.ts';
import { call } from './line.ts';

const MOST = 20;

/** Whom the person may have meant by what they typed last, the likeliest first. */
const found = signal<Address[]>([]);
let asked = '';

/** Asks all accounts whom a text that is being typed may mean; the answer is in `peopleFor`. */
export const askPeople = async (text: string): Promise<void> => {
  asked = text;
  if (text.trim() === '') return;
  const answer = await call('people.suggest', null, { text: text.slice(0, 200), limit: MOST }).catch(() => null);
  // An answer that was overtaken by the next letter says less than that one's will.
  if (answer && asked === text) found.value = answer.people.flatMap((person) => recipient(person) ?? []);
};

/** Those of them whom a text means. */
export const peopleFor = (text: string): Address[] => found.value.filter((one) => isMeant(one, text));
