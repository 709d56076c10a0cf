import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { putMailbox } from '../../src-main/store/mailboxes.ts';
import { suggestPeople } from '../../src-main/store/people.ts';
import type { Address } from '../../src-shared/model.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { remoteEmail, remoteMailbox, someSecond } from '../support/builders.ts';
import { openStore, type TestStore } from '../support/store.ts';
import { anyStep, take } from './replicaArbitrary.ts';

type Counts = Record<string, { written: number; seen: number }>;

const counted = (s: TestStore): Counts =>
  Object.fromEntries(
    s
      .rows('people ORDER BY key')
      .map(({ key, written, seen }) => [key, { written: Number(written), seen: Number(seen) }]),
  );

/** The same, counted anew out of what is held. */
const countedAnew = (s: TestStore): Counts => {
  const roles = new Map(s.rows('mailboxes').map(({ id, role }) => [id, role]));
  const emails = new Map(s.rows('emails').map((row) => [row['id'], row]));
  const counts: Counts = {};
  for (const { email_id, mailbox_id } of s.rows('email_mailboxes')) {
    const role = roles.get(mailbox_id ?? null);
    if (role === 'junk' || role === 'drafts') continue;
    const lists = ['from_list', 'to_list', 'cc_list'].slice(role === 'sent' ? 1 : 0);
    for (const name of lists)
      for (const { email } of JSON.parse(String(emails.get(email_id ?? null)?.[name])) as Address[]) {
        const count = (counts[email.toLowerCase()] ??= { written: 0, seen: 0 });
        if (role === 'sent') count.written++;
        else count.seen++;
      }
  }
  return Object.fromEntries(Object.entries(counts).toSorted(([one], [other]) => (one < other ? -1 : 1)));
};

const anyRole = fc.record({
  do: fc.constant('role' as const),
  remoteId: fc.constantFrom('a', 'b', 'c', 'd'),
  role: fc.constantFrom('inbox', 'sent', 'junk', 'drafts', null),
});

const person = (name: string | null, email: string): Address => ({ name, email });
const ann = person('Ann Lee', 'ann@x.example');

/** A store with a mailbox of each role, named by it, and these emails, each a day after the one before. */
const holding = (...emails: Partial<RemoteEmail>[]): TestStore => {
  const s = openStore();
  for (const role of ['inbox', 'sent', 'junk', 'drafts', 'trash']) s.hold(remoteMailbox({ remoteId: role, role }));
  emails.forEach((email, n) => {
    const rest = { from: [], to: [], mailboxIds: ['inbox'], receivedAt: someSecond + n * 86_400 };
    s.hold(remoteEmail({ remoteId: `e${n}`, ...rest, ...email }));
  });
  return s;
};

const meant = (s: TestStore, text: string): string[] =>
  s.read((db) => suggestPeople(db, text, 10, someSecond + 100 * 86_400)).map(({ email }) => email);

describe('people to write to', () => {
  it('are in step with the mail at every commit, whatever comes, moves and goes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyStep, anyRole), { maxLength: 30 }), (steps) => {
        const s = openStore();
        for (const step of steps) {
          s.write((tx) => {
            if (step.do !== 'role') return take(tx, step);
            return putMailbox(tx, remoteMailbox({ remoteId: step.remoteId, role: step.role }));
          });
          deepEqual(counted(s), countedAnew(s));
        }
        s.store.close();
      }),
      { numRuns: 60 },
    );
  });

  it('are found by how words of their name or address begin, with or without accents', () => {
    const s = holding({ from: [person('Zoë Müller-Lüdenscheidt', 'z.mueller@bakery.example')] }, { from: [ann] });
    for (const text of ['zoe', 'ZOË', 'muller', 'lud zo', 'mueller', 'z.mue', 'bakery', '"Müller, Zo'])
      deepEqual(meant(s, text), ['z.mueller@bakery.example'], text);
    for (const text of ['uller', 'zoe ann', '', ' ', '"*', 'NOT']) deepEqual(meant(s, text), [], text);
  });

  it('are those one wrote to first, then the most frequent, then the latest', () => {
    const to = (email: string) => ({ to: [person('Pat', email)], mailboxIds: ['sent'] });
    const from = (email: string) => ({ from: [person('Pat', email)] });
    const often = Array.from({ length: 5 }, () => from('often@x.example'));
    const s = holding(from('once@x.example'), to('wrote@x.example'), ...often, from('late@x.example'));
    deepEqual(meant(s, 'pat'), ['wrote@x.example', 'often@x.example', 'late@x.example', 'once@x.example']);
  });

  it('are not those of junk and drafts, from when on it is that', () => {
    const s = holding({ from: [ann] }, { to: [person(null, 'half@typed.example')], mailboxIds: ['drafts'] });
    deepEqual([meant(s, 'ann'), meant(s, 'half')], [['ann@x.example'], []]);
    s.hold(remoteEmail({ remoteId: 'e0', mailboxIds: ['junk'] }));
    deepEqual(meant(s, 'ann'), []);
    s.hold(remoteEmail({ remoteId: 'e0', mailboxIds: ['trash'] }));
    deepEqual(meant(s, 'ann'), ['ann@x.example']);
  });

  it('have the name of the newest mail that names them, and are found by that', () => {
    const s = holding(
      { from: [person('Ann Old', 'Ann@x.example')] },
      { from: [ann] },
      { cc: [person(null, ann.email)] },
    );
    deepEqual([meant(s, 'old'), meant(s, 'lee')], [[], ['Ann@x.example']]);
  });

  it('are known from what was blind copied', () => {
    const { headers } = remoteEmail({ remoteId: 'x' });
    const s = holding({ headers: { ...headers, bcc: [ann] }, mailboxIds: ['sent'] });
    deepEqual(counted(s), { 'ann@x.example': { written: 1, seen: 0 } });
  });
});
