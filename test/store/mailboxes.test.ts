import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readHead } from '../../src-main/store/emailReads.ts';
import {
  heldMailboxes,
  inboxUnread,
  largestServerTotal,
  listMailboxes,
  mailboxExists,
  mailboxesWithRole,
  markFilled,
  putCounts,
  putMailbox,
  removeMailbox,
} from '../../src-main/store/mailboxes.ts';
import { mailboxSchema } from '../../src-shared/model.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';
import { assertLinear } from '../support/linear.ts';
import { openStore, type TestStore } from '../support/store.ts';

const list = (s: TestStore) => s.read((db) => listMailboxes(db, 'acc'));
const counters = (s: TestStore, remoteId: string): [number, number] | undefined => {
  const found = list(s).find(({ id }) => id === String(s.mailboxId(remoteId)));
  return found && [found.totalEmails, found.unreadEmails];
};

describe('a mailbox that is put', () => {
  it('is listed as the server told of it', () => {
    const s = openStore();
    const { rights } = remoteMailbox();
    const told = remoteMailbox({
      remoteId: 'm',
      name: 'In "box"',
      role: 'inbox',
      sortOrder: 3,
      totalEmails: 7,
      unreadEmails: 2,
      isSubscribed: false,
    });
    s.hold({ ...told, rights: { ...rights, mayDelete: false, maySubmit: false } });
    const [found] = list(s);
    deepEqual(found, {
      id: String(s.mailboxId('m')),
      account: 'acc',
      name: 'In "box"',
      path: 'In "box"',
      role: 'inbox',
      parentId: null,
      sortOrder: 3,
      isSubscribed: false,
      totalEmails: 7,
      unreadEmails: 2,
      ...rights,
      mayDelete: false,
      maySubmit: false,
    });
    equal(mailboxSchema.safeParse(found).success, true);
  });

  it('again keeps its local id and takes what changed', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'm', name: 'Old', role: 'archive' }));
    const id = s.mailboxId('m');
    const changed = s.write((tx) => putMailbox(tx, remoteMailbox({ remoteId: 'm', name: 'New' })));
    deepEqual(
      list(s).map((m) => [m.id, m.name, m.role]),
      [[String(id), 'New', null]],
    );
    deepEqual([...(changed?.mailboxes ?? [])], [id]);
  });
});

describe('the list of mailboxes', () => {
  it('joins names to paths, also where the server names a parent that is not there or a circle', () => {
    const s = openStore();
    s.hold(
      remoteMailbox({ remoteId: 'leaf', name: 'Leaf', parentRemoteId: 'branch' }),
      remoteMailbox({ remoteId: 'branch', name: 'Branch', parentRemoteId: 'root' }),
      remoteMailbox({ remoteId: 'root', name: 'Root' }),
      remoteMailbox({ remoteId: 'orphan', name: 'Orphan', parentRemoteId: 'nowhere' }),
      remoteMailbox({ remoteId: 'x', name: 'X', parentRemoteId: 'y' }),
      remoteMailbox({ remoteId: 'y', name: 'Y', parentRemoteId: 'x' }),
    );
    deepEqual(
      new Map(list(s).map(({ name, path }) => [name, path])),
      new Map([
        ['Branch', 'Root/Branch'],
        ['Leaf', 'Root/Branch/Leaf'],
        ['Orphan', 'Orphan'],
        ['Root', 'Root'],
        ['X', 'Y/X'],
        ['Y', 'X/Y'],
      ]),
    );
    const idOf = (name: string) => String(s.mailboxId(name));
    deepEqual(
      list(s).map(({ name, parentId }) => [name, parentId]),
      [
        ['Orphan', null],
        ['Root', null],
        ['Branch', idOf('root')],
        ['Leaf', idOf('branch')],
        ['X', idOf('y')],
        ['Y', idOf('x')],
      ],
    );
  });

  it('orders roots by sortOrder, then name', () => {
    const s = openStore();
    s.hold(
      remoteMailbox({ name: 'Zoo', sortOrder: 1 }),
      remoteMailbox({ name: 'Ant', sortOrder: 2 }),
      remoteMailbox({ name: 'Bee', sortOrder: 1 }),
    );
    deepEqual(
      list(s).map(({ name }) => name),
      ['Bee', 'Zoo', 'Ant'],
    );
  });

  it('puts children below their parents', () => {
    const s = openStore();
    s.hold(
      remoteMailbox({ remoteId: 'a', name: 'Zoo', sortOrder: 1 }),
      remoteMailbox({ name: 'Ant', sortOrder: 0, parentRemoteId: 'a' }),
      remoteMailbox({ name: 'Bee', sortOrder: 2 }),
    );
    deepEqual(
      list(s).map(({ path }) => path),
      ['Zoo', 'Zoo/Ant', 'Bee'],
    );
  });

  it('takes twice as long for twice as many', () => {
    const holding = (count: number): TestStore => {
      const s = openStore();
      s.hold(...Array.from({ length: count }, (_, n) => remoteMailbox({ remoteId: `m${n}`, name: `m${n}` })));
      return s;
    };
    assertLinear(holding, (s) => void list(s), 4096);
  });
});

describe('a placeholder', () => {
  it('is not listed, held or found until the mailbox itself is put, then keeps its emails', () => {
    const s = openStore();
    s.hold(remoteEmail({ remoteId: 'e1', mailboxIds: ['m'] }));
    const id = s.mailboxId('m');
    deepEqual([list(s), s.read(heldMailboxes), s.read((db) => mailboxExists(db, id))], [[], [], false]);
    deepEqual(s.read((db) => readHead(db, 'acc', s.emailId('e1')))?.mailboxIds, {});
    s.hold(remoteMailbox({ remoteId: 'm', role: 'archive' }));
    s.write(markFilled);
    equal(s.mailboxId('m'), id);
    deepEqual([s.read(heldMailboxes), s.read((db) => mailboxExists(db, id)), counters(s, 'm')], [['m'], true, [1, 1]]);
    deepEqual(s.read((db) => readHead(db, 'acc', s.emailId('e1')))?.mailboxIds, { [id]: true });
  });
});

describe('counters', () => {
  it("are the server's until every email is held, then counted", () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'm', role: 'inbox', totalEmails: 100, unreadEmails: 40 }));
    s.hold(remoteEmail({ mailboxIds: ['m'] }), remoteEmail({ mailboxIds: ['m'], keywords: ['$seen'] }));
    deepEqual([counters(s, 'm'), s.read(inboxUnread)], [[100, 40], 40]);
    const told = s.write((tx) => putCounts(tx, { remoteId: 'm', totalEmails: 101, unreadEmails: 41 }));
    deepEqual([counters(s, 'm'), [...(told?.mailboxes ?? [])]], [[101, 41], [s.mailboxId('m')]]);
    const filled = s.write(markFilled);
    deepEqual([counters(s, 'm'), s.read(inboxUnread)], [[2, 1], 1]);
    deepEqual([...(filled?.mailboxes ?? [])], [s.mailboxId('m')]);
    equal(s.write(markFilled), null);
    equal(
      s.write((tx) => putCounts(tx, { remoteId: 'm', totalEmails: 900, unreadEmails: 900 })),
      null,
    );
    deepEqual(counters(s, 'm'), [2, 1]);
  });

  it('of a mailbox that comes to a filled account are counted from the start', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'm' }));
    s.write(markFilled);
    s.hold(remoteMailbox({ remoteId: 'new', totalEmails: 9, unreadEmails: 9 }));
    deepEqual(counters(s, 'new'), [0, 0]);
  });

  it('of a mailbox that is not held are ignored', () => {
    const s = openStore();
    equal(
      s.write((tx) => putCounts(tx, { remoteId: 'm', totalEmails: 1, unreadEmails: 1 })),
      null,
    );
  });

  it('count a draft as read', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'm' }), remoteEmail({ mailboxIds: ['m'], keywords: ['$draft'] }));
    s.write(markFilled);
    deepEqual(counters(s, 'm'), [1, 0]);
  });
});

describe('a mailbox that is removed', () => {
  it('leaves its emails, without it', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'm' }), remoteMailbox({ remoteId: 'n' }));
    s.hold(remoteEmail({ remoteId: 'e1', mailboxIds: ['m', 'n'] }));
    const [m, email] = [s.mailboxId('m'), s.emailId('e1')];
    const changed = s.write((tx) => equal(removeMailbox(tx, 'm'), true));
    deepEqual(s.read((db) => readHead(db, 'acc', email))?.mailboxIds, { [s.mailboxId('n')]: true });
    deepEqual([[...(changed?.mailboxes ?? [])], [...(changed?.emails ?? [])]], [[m], [[email, 'updated']]]);
    equal(
      s.write((tx) => equal(removeMailbox(tx, 'm'), false)),
      null,
    );
  });
});

describe('the fewest emails there can be', () => {
  it("are those of the fullest mailbox, by the server's counters", () => {
    const s = openStore();
    equal(s.read(largestServerTotal), 0);
    s.hold(remoteMailbox({ totalEmails: 5 }), remoteMailbox({ totalEmails: 9 }), remoteMailbox({ totalEmails: 7 }));
    equal(s.read(largestServerTotal), 9);
  });
});

describe('roles', () => {
  it('lead to the mailboxes that have them', () => {
    const s = openStore();
    s.hold(remoteMailbox({ remoteId: 'm', role: 'sent' }), remoteMailbox({ remoteId: 'n' }));
    deepEqual(
      s.read((db) => [mailboxesWithRole(db, 'sent'), mailboxesWithRole(db, 'junk')]),
      [[s.mailboxId('m')], []],
    );
    equal(s.read(inboxUnread), 0);
  });
});
