const UNITS = ['B', 'kB', 'MB', 'GB'];

/** Bytes, for people: 1.4 MB. */
export const inBytes = (bytes: number): string => {
  const step = Math.max(0, Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[step]}`;
};
