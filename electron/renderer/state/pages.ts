import type { EmailHead } from '../../../src-shared/model.ts';
import type { ReadPage } from '../lib/pagedRows.ts';
import { call } from './line.ts';
import type { filter, Place } from './places.ts';

const PAGE = 100;
/** The most that a call answers. */
const LARGEST_PAGE = 200;

const filters = { all: {}, unread: { unread: true }, flagged: { flagged: true } };

type Narrowed = { mailbox?: string; role?: string; filter?: { flagged: true } };

const roleInput = (role: string): Narrowed => {
  if (role === 'all') return {};
  return role === 'flagged' ? { filter: { flagged: true } } : { role };
};

/** Reads what is at a place page by page: its conversations, each by one email, or where they are not `collapsed` all emails. */
export const readerFor = (here: Place, narrowed: typeof filter.value, collapsed = true): ReadPage => {
  if (here.kind === 'outgoing') return async () => ({ rows: [], next: null, partial: false });
  const limit = collapsed ? PAGE : LARGEST_PAGE;
  if (here.kind === 'search')
    return async (after) => {
      const { text, server } = here;
      const found = await call('search.query', null, { text, server, limit, ...(after ? { after } : {}) });
      return { rows: found.emails, next: found.next, partial: found.partial };
    };
  const account = here.kind === 'mailbox' ? here.account : null;
  const which: Narrowed = here.kind === 'mailbox' ? { mailbox: here.mailbox } : roleInput(here.role);
  return async (after) => {
    const narrow = { ...which.filter, ...filters[narrowed] };
    const input = { ...which, filter: narrow, collapseThreads: collapsed, limit };
    const page = await call('emails.list', account, { ...input, ...(after ? { after } : {}) });
    return { rows: page.emails, next: page.next, partial: false };
  };
};

/** Every email at a place, also those that nobody has looked at. */
export const readWhole = async (here: Place, narrowed: typeof filter.value): Promise<EmailHead[]> => {
  const read = readerFor(here, narrowed, false);
  const emails: EmailHead[] = [];
  let next: string | null | undefined;
  while (next !== null) {
    const page = await read(next);
    emails.push(...page.rows);
    next = page.next;
  }
  return emails;
};
