import * as z from 'zod';
import { assertNever } from '../../lib/assert.ts';
import type { ServerSearch, ServerTerm } from '../driver.ts';
import { type JmapClient, must } from './client.ts';

/** A FilterOperator or FilterCondition (RFC 8620 section 5.5, RFC 8621 section 4.4.1). */
type Filter =
  | { operator: 'AND' | 'OR' | 'NOT'; conditions: Filter[] }
  | Record<string, string | boolean | readonly string[]>;

const answerSchema = z.object({ ids: z.array(z.string()) });

/** Emails that the server finds, newest first, in one answer. */
export async function* searchEmails(
  client: JmapClient,
  { terms, limit }: ServerSearch,
  signal: AbortSignal,
): AsyncGenerator<string[], boolean, void> {
  const filter = { operator: 'AND', conditions: terms.map(filterOf) };
  const sort = [{ property: 'receivedAt', isAscending: false }];
  const [answer] = await client.call([['Email/query', { filter, sort, limit }]], signal);
  const { ids } = must(answer, answerSchema, 'Email/query');
  yield ids.slice(0, limit);
  return ids.length < limit;
}

/** A term as a filter. */
export const filterOf = (term: ServerTerm): Filter => {
  const filter = positive(term);
  return term.not ? { operator: 'NOT', conditions: [filter] } : filter;
};

const positive = (term: ServerTerm): Filter => {
  switch (term.type) {
    case 'text': {
      const text = textOf(term);
      if (term.field === 'to') return { operator: 'OR', conditions: [{ to: text }, { cc: text }] };
      return { [term.field === 'any' ? 'text' : term.field]: text };
    }
    case 'attachment':
      return { hasAttachment: true };
    case 'unread':
      return { operator: 'AND', conditions: [{ notKeyword: '$seen' }, { notKeyword: '$draft' }] };
    case 'flagged':
      return { hasKeyword: '$flagged' };
    case 'before':
    case 'after':
      return { [term.type]: new Date(term.second * 1000).toISOString().replace('.000', '') };
    case 'in':
      return { operator: 'OR', conditions: term.mailboxes.map((mailbox) => ({ inMailbox: mailbox })) };
    case 'beyond':
      return { inMailboxOtherThan: term.mailboxes };
    default:
      return assertNever(term);
  }
};

/** Quotes and backslashes mean something in it (RFC 8621 section 4.4.1): words have none, and a phrase stands in them. */
const textOf = ({ text, isPhrase }: Extract<ServerTerm, { type: 'text' }>): string => {
  const plain = text
    .toWellFormed()
    .replaceAll(/["'\\*\p{Cc}]+/gu, ' ')
    .trim();
  return isPhrase && plain.includes(' ') ? `"${plain}"` : plain;
};
