/** Where a List-Unsubscribe header leads (RFC 2369 section 3.2): the first web address in it, and the first to write to. */
export type UnsubscribeTargets = { web: string | null; mail: { to: string; subject: string } | null };

/** Reads the header; null for what it does not have. */
export const unsubscribeTargets = (header: string): UnsubscribeTargets => {
  const urls = [...header.matchAll(/<\s*([^<>\s]+)\s*>/g)].map(([, url = '']) => url);
  const web = urls.find((url) => /^https:\/\//i.test(url)) ?? null;
  const mailto = urls.find((url) => /^mailto:/i.test(url));
  if (mailto === undefined || !URL.canParse(mailto)) return { web, mail: null };
  const { pathname, searchParams } = new URL(mailto);
  try {
    return { web, mail: { to: decodeURIComponent(pathname), subject: searchParams.get('subject') ?? 'unsubscribe' } };
  } catch {
    return { web, mail: null };
  }
};
