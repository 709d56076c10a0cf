import { type Link, type LinkWarning, linkWarningWords } from '../../src-shared/linkWarnings.ts';

/** What is suspicious about links of the messages that were shown lately: who follows one tells where it leads, not what it says. */
export type Suspects = {
  note: (links: readonly Link[]) => void;
  /** What a person is told of an address; nothing of one without suspicion. */
  wordsOf: (url: string) => string[];
};

const MOST_LINKS = 2_000;

/** Nothing is suspicious yet. */
export const createSuspects = (): Suspects => {
  const known = new Map<string, readonly LinkWarning[]>();
  const keyOf = (url: string): string => (URL.canParse(url) ? new URL(url).href : url);
  return {
    note: (links) => {
      for (const { url, warnings } of links) {
        const key = keyOf(url);
        const all = [...new Set([...(known.get(key) ?? []), ...warnings])];
        if (all.length > 0) known.set(key, all);
        const [oldest] = known.keys();
        if (known.size > MOST_LINKS && oldest !== undefined) known.delete(oldest);
      }
    },
    wordsOf: (url) => (known.get(keyOf(url)) ?? []).map((warning) => linkWarningWords[warning]),
  };
};
