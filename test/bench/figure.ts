/** A measured figure beside its limit: `ratio` is how much of the limit was used, so below 1 is good. */
export type Figure = { name: string; value: number; unit: string; limit: number; atLeast?: boolean; detail?: object };

/** Prints a figure as one line of JSON and answers whether it holds. */
export const report = ({ name, value, unit, limit, atLeast = false, detail }: Figure): boolean => {
  const ratio = atLeast ? limit / value : value / limit;
  const holds = ratio <= 1;
  const rounded = (n: number): number => Number(n.toPrecision(4));
  const line = {
    name,
    value: rounded(value),
    unit,
    [atLeast ? 'atLeast' : 'atMost']: limit,
    ratio: rounded(ratio),
    holds,
  };
  console.log(JSON.stringify({ ...line, ...detail }));
  return holds;
};

/** The value that so many per cent of the samples stay below. */
export const percentile = (samples: number[], percent: number): number => {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
};

/** How long something took, in ms, and what it answered. */
export const timed = async <T>(fn: () => Promise<T>): Promise<{ ms: number; value: T }> => {
  const before = performance.now();
  const value = await fn();
  return { ms: performance.now() - before, value };
};
