import { readEveryField } from './fields.ts';
import { listUrls } from './listUrls.ts';

/**
 * How a person leaves the list that sent a message. `post`: the https address that one click is posted to (RFC 8058);
 * `mailto` and `page`: the first link to write to, and the first https page, of List-Unsubscribe (RFC 2369).
 */
export type UnsubscribeWays = { post: string | null; mailto: string | null; page: string | null };

const WANTED = new Set(['list-unsubscribe', 'list-unsubscribe-post', 'dkim-signature', 'authentication-results']);

/** What List-Unsubscribe-Post says, and nothing else (RFC 8058 section 3.1). */
export const isOneClick = (post: string): boolean => /^\s*List-Unsubscribe=One-Click\s*$/i.test(post);

const secureUrl = (text: string): URL | null => {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && !url.username && !url.password ? url : null;
};

/** The ways that addresses of List-Unsubscribe offer by themselves. */
export const waysOf = (urls: readonly string[]): Omit<UnsubscribeWays, 'post'> => ({
  mailto: urls.find((url) => /^mailto:/i.test(url)) ?? null,
  page: urls.map(secureUrl).find((url) => url !== null)?.href ?? null,
});

/**
 * The ways that a message's header offers, whatever its bytes are. One click is offered only where nothing is ambiguous, a
 * DKIM signature covers both fields (RFC 8058 section 4), and who received it did not find every signature bad. The signature
 * itself is not verified. Never throws.
 */
export const unsubscribeWays = (block: Buffer): UnsubscribeWays => {
  const fields = readEveryField(block, WANTED);
  const of = (name: string): string[] => fields.get(name) ?? [];
  const lists = of('list-unsubscribe');
  const posts = of('list-unsubscribe-post');
  const urls = listUrls(lists.at(-1) ?? '');
  const ways = waysOf(urls);
  const isPlain = lists.length === 1 && posts.length === 1 && urls.filter((url) => /^https?:/i.test(url)).length === 1;
  const isPost =
    isPlain &&
    isOneClick(posts[0] ?? '') &&
    of('dkim-signature').some(coversBoth) &&
    !sayBad(of('authentication-results')[0] ?? '');
  return { ...ways, post: isPost ? ways.page : null };
};

/** Whether a DKIM-Signature names both fields among those it signs (RFC 6376 section 3.5); of two lists, it names none. */
const coversBoth = (signature: string): boolean => {
  const tags = signature.split(';').map((tag) => tag.trim());
  const signed = tags.flatMap((tag) => /^h\s*=([^]*)$/.exec(tag)?.[1] ?? []);
  if (signed.length !== 1) return false;
  const names = new Set((signed[0] ?? '').split(':').map((name) => name.trim().toLowerCase()));
  return names.has('list-unsubscribe') && names.has('list-unsubscribe-post');
};

/**
 * Whether Authentication-Results (RFC 8601) says of DKIM anything but a pass. Who wrote the field cannot be known, so that a
 * pass proves nothing, and a failure is enough.
 */
const sayBad = (results: string): boolean => {
  const said = [...withoutComments(results).matchAll(/(?:^|[;\s])dkim\s*=\s*([a-z]+)/gi)];
  return said.length > 0 && !said.some(([, result = '']) => result.toLowerCase() === 'pass');
};

const withoutComments = (text: string): string => {
  let depth = 0;
  let kept = '';
  for (let at = 0; at < text.length; at++) {
    const mark = text[at] ?? '';
    if (depth > 0 && mark === '\\') at++;
    else if (mark === '(') depth++;
    else if (mark === ')' && depth > 0) depth--;
    else if (depth === 0) kept += mark;
  }
  return kept;
};
