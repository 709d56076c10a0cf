import { bad } from './refusal.ts';

/** Ranges of numbers as a client wrote them; `*` is Infinity until the largest is known. */
export type NumberSet = { from: number; to: number }[];

const numberOf = (text: string): number => {
  if (text === '*') return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,9}$/.test(text)) throw bad(`Not a number of a message: ${text}`);
  return Number(text);
};

/** Reads a `sequence-set` (RFC 3501 section 9). */
export const parseSet = (text: string): NumberSet =>
  text.split(',').map((range) => {
    const [from = '', to = from, more] = range.split(':');
    if (more !== undefined) throw bad(`Not a sequence set: ${text}`);
    return { from: numberOf(from), to: numberOf(to) };
  });

/** The set with `*` as `largest` and each range upwards. */
export const resolveSet = (set: NumberSet, largest: number): NumberSet => {
  const known = (end: number): number => (end === Number.POSITIVE_INFINITY ? largest : end);
  return set.map(({ from, to }) => {
    const [a, b] = [known(from), known(to)];
    return { from: Math.min(a, b), to: Math.max(a, b) };
  });
};

/** Whether a resolved set holds a number. */
export const inSet = (set: NumberSet, number: number): boolean =>
  set.some(({ from, to }) => from <= number && number <= to);

/** Numbers in the order given as a set: runs upwards become ranges. */
export const formatSet = (numbers: readonly number[]): string => {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}:${to}`)).join(',');
};
