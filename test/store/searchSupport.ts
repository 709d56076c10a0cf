import { storeBody, storeRendered } from '../../src-main/store/bodies.ts';
import type { EmailPlace } from '../../src-main/store/emailPages.ts';
import { searchEmails } from '../../src-main/store/searchPages.ts';
import type { BodySource } from '../../src-shared/body.ts';
import type { EmailHead } from '../../src-shared/model.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { parseSearch } from '../../src-shared/search.ts';
import { remoteEmail, remoteMailbox, someSecond } from '../support/builders.ts';
import { openStore, type TestStore } from '../support/store.ts';

const mailboxes = [
  remoteMailbox({ remoteId: 'inbox', name: 'Inbox', role: 'inbox' }),
  remoteMailbox({ remoteId: 'trash', name: 'Papierkorb', role: 'trash' }),
  remoteMailbox({ remoteId: 'junk', name: 'Junk', role: 'junk' }),
  remoteMailbox({ remoteId: 'work', name: 'Work' }),
  remoteMailbox({ remoteId: 'cafe', name: 'Café plans', parentRemoteId: 'work' }),
];

/** A store that holds these emails; the later ones of the list are the newer. */
export const holding = (...emails: Partial<RemoteEmail>[]): TestStore => {
  const s = openStore();
  s.hold(
    ...mailboxes,
    ...emails.map((said, n) => remoteEmail({ subject: '', preview: '', receivedAt: someSecond + n, ...said })),
  );
  return s;
};

/** Remote ids of what is found, newest first. */
export const found = (s: TestStore, text: string, limit = 50): string[] => {
  const ids = new Map(s.rows('emails').map((row) => [String(row['id']), String(row['remote_id'])]));
  const page = s.read((db) => searchEmails(db, 'a1', { terms: parseSearch(text), limit, after: null }));
  return page.rows.map(({ id }) => ids.get(id) ?? '?');
};

/** A body of nothing, for what is shown of it alone. */
export const noSource: BodySource = { texts: [], textBody: [], htmlBody: [] };

/** A text as it is shown. */
export const shownAs = (text: string, preview = ''): Parameters<typeof storeRendered>[2] => ({
  html: null,
  text,
  textHtml: '',
  words: null,
  blockedRemote: 0,
  isFallback: false,
  remote: [],
  preview,
});

export const hasBody = (s: TestStore, remoteId: string, text: string): void => {
  s.write((tx) => {
    storeBody(tx, s.emailId(remoteId), noSource);
    storeRendered(tx, s.emailId(remoteId), shownAs(text), 1);
  });
};

/** A page of what is found. */
export const pageOf = (
  s: TestStore,
  text: string,
  limit: number,
  after: EmailPlace | null,
): { rows: EmailHead[]; places: EmailPlace[]; more: boolean } =>
  s.read((db) => searchEmails(db, 'a1', { terms: parseSearch(text), limit, after }));
