/** The addresses that an email would load by itself, each once, in the order of their first appearance. */
export type RemoteList = {
  urls: string[];
  /** Remembers an address and answers its place in the list. */
  note(url: string): number;
};

/** An empty list. */
export const remoteList = (): RemoteList => {
  const places = new Map<string, number>();
  const urls: string[] = [];
  return {
    urls,
    note: (url) => {
      const known = places.get(url);
      if (known !== undefined) return known;
      places.set(url, urls.length);
      return urls.push(url) - 1;
    },
  };
};
