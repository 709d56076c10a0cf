import type { Email } from '../../../src-shared/model.ts';

/**
 * How a person may leave what sent an email, as far as it is known before they do: by one click that goes to a host
 * (RFC 8058), by a message they send, or on a page (RFC 2369).
 */
export type ListOffer = { way: 'post' | 'page'; url: string } | { way: 'mailto' };

/** What an email offers; null where it says nothing that can be used. */
export const listOffer = ({
  listUnsubscribe = '',
  listUnsubscribePost = '',
}: Pick<Email, 'listUnsubscribe' | 'listUnsubscribePost'>): ListOffer | null => {
  const urls = [...listUnsubscribe.matchAll(/<([^<>\s]+)>/g)].map(([, url = '']) => url);
  const page = urls.find((url) => /^https:\/\//i.test(url) && URL.canParse(url));
  if (page !== undefined && /^\s*List-Unsubscribe=One-Click\s*$/i.test(listUnsubscribePost))
    return { way: 'post', url: page };
  if (urls.some((url) => /^mailto:[^?]/i.test(url))) return { way: 'mailto' };
  return page === undefined ? null : { way: 'page', url: page };
};
