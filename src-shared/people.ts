import * as z from 'zod';
import { emailKey } from './address.ts';
import { type Address, addressSchema } from './model.ts';

/** Somebody to write to. `weight`: the higher, the likelier that it is them who is meant. */
export const personSchema = addressSchema.extend({ weight: z.number() });
export type Person = z.infer<typeof personSchema>;

/** Each address once, the weights of one that is there twice together; the heaviest first. */
export const heaviest = (people: readonly Person[], limit: number): Person[] => {
  const found = new Map<string, Person>();
  for (const person of people) {
    const key = emailKey(person.email);
    const known = found.get(key);
    const named = known?.name == null ? person : known;
    found.set(key, { ...named, weight: person.weight + (known?.weight ?? 0) });
  }
  return [...found.values()].toSorted((one, other) => other.weight - one.weight).slice(0, limit);
};

const folded = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
const wordsOf = (text: string): string[] => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Whether each word of `text` begins a word of the name or address, whatever its case and accents: as `people.suggest` finds. */
export const isMeant = ({ name, email }: Address, text: string): boolean => {
  const words = wordsOf(`${name ?? ''} ${email}`);
  const asked = wordsOf(text);
  return asked.length > 0 && asked.every((each) => words.some((word) => word.startsWith(each)));
};
