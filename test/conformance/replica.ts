import assert from 'node:assert/strict';
import type { CallOutput } from '../../src-shared/contract.ts';
import type { Email, EmailHead } from '../../src-shared/model.ts';
import type { Truth } from '../servers/mailServer.ts';
import type { Host } from '../support/host.ts';

/** An account's mail without ids, so that what Tern holds compares with what the server holds. */
export type Replica = {
  mailboxes: { path: string; role: string | null; totalEmails: number; unreadEmails: number }[];
  emails: { subject: string | null; receivedAt: string; mailboxes: string[]; keywords: string[] }[];
};

type Mailbox = CallOutput<'mailboxes.list'>['mailboxes'][number];

const sorted = ({ mailboxes, emails }: Replica): Replica => ({
  mailboxes: mailboxes.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  emails: emails.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
});

const names = (of: Record<string, unknown>): string[] => Object.keys(of).toSorted();

/** Every page of a list, from the newest on. */
export const listAll = async (
  host: Host,
  account: string,
  input: { mailbox?: string; collapseThreads?: boolean },
  limit = 200,
): Promise<EmailHead[]> => {
  const all: EmailHead[] = [];
  let after: string | undefined;
  do {
    const page = await host.call('emails.list', account, { ...input, limit, ...(after ? { after } : {}) });
    assert.ok(page.next === null || page.emails.length === limit, 'a page that is not the last one is full');
    all.push(...page.emails);
    after = page.next ?? undefined;
  } while (after !== undefined);
  const dates = all.map(({ receivedAt }) => receivedAt);
  assert.deepEqual(dates, dates.toSorted().toReversed(), 'a list goes from the newest to the oldest');
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length, 'a list shows each email once');
  return all;
};

const getAll = async (host: Host, account: string, ids: string[]): Promise<Email[]> => {
  const all: Email[] = [];
  for (let at = 0; at < ids.length; at += 500) {
    const { emails, notFound } = await host.call('emails.get', account, { ids: ids.slice(at, at + 500) });
    assert.deepEqual(notFound, [], 'what is listed can be read');
    all.push(...emails);
  }
  return all;
};

/** Every mailbox's list in turn; answers the emails by id and checks that each one is listed where it says it is. */
const walk = async (host: Host, account: string, mailboxes: Mailbox[]): Promise<Map<string, EmailHead>> => {
  const heads = new Map<string, EmailHead>();
  const places = new Map<string, string[]>();
  for (const { id: mailbox } of mailboxes) {
    for (const head of await listAll(host, account, { mailbox })) {
      heads.set(head.id, head);
      places.set(head.id, [...(places.get(head.id) ?? []), mailbox]);
    }
  }
  for (const { id, mailboxIds } of heads.values())
    assert.deepEqual(places.get(id)?.toSorted(), names(mailboxIds), 'an email is listed in each of its mailboxes');
  return heads;
};

/** All that Tern holds of an account, read as a window would: every mailbox, every page, every email. */
export const replicaOf = async (host: Host, account: string): Promise<Replica> => {
  const { mailboxes } = await host.call('mailboxes.list', account, {});
  const heads = await walk(host, account, mailboxes);
  const emails = await getAll(host, account, [...heads.keys()]);
  for (const email of emails) {
    const told = heads.get(email.id);
    // A preview may come between the list and the look at the email.
    const later = (name: string): boolean => name === 'preview' && told?.preview === '';
    const head = Object.entries(told ?? {}).filter(([name]) => !name.startsWith('thread') && !later(name));
    for (const [name, value] of head) assert.deepEqual(email[name as keyof Email], value, `${name} of an email`);
  }
  const paths = new Map(mailboxes.map(({ id, path }) => [id, path]));
  const quiet = new Set(mailboxes.flatMap(({ id, role }) => (role === 'trash' || role === 'junk' ? id : [])));
  const loud = emails.filter(({ mailboxIds }) => Object.keys(mailboxIds).some((id) => !quiet.has(id)));
  const everywhere = await listAll(host, account, {});
  assert.equal(everywhere.length, loud.length, 'the list of all mail leaves out trash and junk and nothing else');
  return sorted({
    mailboxes: mailboxes.map(({ path, role, totalEmails, unreadEmails }) => ({
      path,
      role,
      totalEmails,
      unreadEmails,
    })),
    emails: emails.map(({ subject, receivedAt, mailboxIds, keywords }) => ({
      subject,
      receivedAt: new Date(receivedAt).toISOString(),
      mailboxes: names(mailboxIds)
        .map((id) => paths.get(id) ?? `no mailbox ${id}`)
        .toSorted(),
      keywords: names(keywords),
    })),
  });
};

const pathsOf = ({ mailboxes }: Truth): Map<string, string> => {
  const pathOf = (id: string): string => {
    const { name = '', parentId = null } = mailboxes[id] ?? {};
    return parentId === null ? name : `${pathOf(parentId)}/${name}`;
  };
  return new Map(Object.keys(mailboxes).map((id) => [id, pathOf(id)]));
};

/** What Tern has to hold of an account whose server holds `truth`. */
export const expectedOf = (truth: Truth): Replica => {
  const paths = pathsOf(truth);
  return sorted({
    mailboxes: Object.entries(truth.mailboxes).map(([id, { role, totalEmails, unreadEmails }]) => ({
      path: paths.get(id) ?? '',
      role,
      totalEmails,
      unreadEmails,
    })),
    emails: Object.values(truth.emails).map(({ subject, receivedAt, mailboxIds, keywords }) => ({
      subject,
      receivedAt: new Date(receivedAt).toISOString(),
      mailboxes: mailboxIds.map((id) => paths.get(id) ?? `no mailbox ${id}`).toSorted(),
      keywords: keywords.toSorted(),
    })),
  });
};

/** Fails, naming the first few differences, unless the replica is what the server holds. */
export const assertSame = (held: Replica, expected: Replica): void => {
  assert.deepEqual(held.mailboxes, expected.mailboxes, 'mailboxes');
  const text = ({ emails }: Replica): string[] => emails.map((email) => JSON.stringify(email));
  const [ours, theirs] = [text(held), text(expected)];
  const count = (list: string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const each of list) counts.set(each, (counts.get(each) ?? 0) + 1);
    return counts;
  };
  const [here, there] = [count(ours), count(theirs)];
  const extra = [...here].filter(([key, n]) => n > (there.get(key) ?? 0)).map(([key]) => key);
  const missing = [...there].filter(([key, n]) => n > (here.get(key) ?? 0)).map(([key]) => key);
  const told = { extra: extra.slice(0, 5), missing: missing.slice(0, 5), held: ours.length, there: theirs.length };
  assert.ok(
    extra.length + missing.length === 0,
    `${extra.length} emails too many, ${missing.length} missing: ${JSON.stringify(told, null, 1)}`,
  );
};
