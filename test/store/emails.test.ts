import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { readEmail, readHead } from '../../src-main/store/emailReads.ts';
import { heldEmails, heldEmailsAfter, patchEmail, putEmail, removeEmail } from '../../src-main/store/emails.ts';
import { secondOfSortKey, sortKeyFloor } from '../../src-main/store/sortKey.ts';
import { threadCounts, threadEmails } from '../../src-main/store/threads.ts';
import { emailSchema } from '../../src-shared/model.ts';
import { remoteAttachment, remoteEmail, remoteMailbox, someSecond } from '../support/builders.ts';
import { openStore } from '../support/store.ts';
import { anySecond } from './replicaArbitrary.ts';

const inbox = remoteMailbox({ remoteId: 'inbox' });
const archive = remoteMailbox({ remoteId: 'archive' });

describe('an email that is put', () => {
  it('is read back whole', () => {
    const s = openStore();
    const email = remoteEmail({
      remoteId: 'e1',
      mailboxIds: ['inbox', 'archive'],
      keywords: ['work', '$seen', 'work'],
      threadRemoteId: 't1',
      sentAt: '2025-12-31T23:59:00Z',
      cc: [{ name: 'Čapek "K"', email: 'k@example.org' }],
      hasAttachment: true,
      attachments: [remoteAttachment({ part: '3', cid: 'pic@x', disposition: null }), remoteAttachment()],
      headers: {
        bcc: [{ name: null, email: 'b@example.org' }],
        replyTo: [{ name: 'R', email: 'r@example.org' }],
        sender: [],
        messageId: ['m1@x'],
        inReplyTo: ['m0@x'],
        references: ['m0@x', 'n0@x'],
        listUnsubscribe: '<https://example.org/u>',
        listUnsubscribePost: 'List-Unsubscribe=One-Click',
      },
    });
    s.hold(inbox, archive, email);
    const found = s.read((db) => readEmail(db, 'acc', s.emailId('e1')));
    const [plan] = [remoteAttachment()];
    deepEqual(found, {
      id: String(s.emailId('e1')),
      account: 'acc',
      threadId: String(s.rows('threads')[0]?.['id']),
      mailboxIds: { [s.mailboxId('inbox')]: true, [s.mailboxId('archive')]: true },
      keywords: { $seen: true, work: true },
      subject: email.subject,
      from: email.from,
      to: email.to,
      cc: email.cc,
      receivedAt: '2026-01-01T00:00:00.000Z',
      sentAt: '2025-12-31T23:59:00Z',
      preview: 'Hello',
      hasAttachment: true,
      size: 1000,
      pending: false,
      bcc: email.headers.bcc,
      replyTo: email.headers.replyTo,
      sender: [],
      messageId: ['m1@x'],
      inReplyTo: ['m0@x'],
      references: ['m0@x', 'n0@x'],
      listUnsubscribe: '<https://example.org/u>',
      listUnsubscribePost: 'List-Unsubscribe=One-Click',
      attachments: [
        { part: '2', name: plan?.name, type: plan?.type, size: plan?.size, disposition: 'attachment' },
        { part: '3', name: plan?.name, type: plan?.type, size: plan?.size, cid: 'pic@x', disposition: null },
      ],
    });
    equal(emailSchema.safeParse(found).success, true);
  });

  it('is what the contract calls an email, however little the server told', () => {
    const s = openStore();
    s.hold(remoteEmail({ remoteId: 'e1', subject: null, from: [], to: [], mailboxIds: [], receivedAt: -5 }));
    equal(emailSchema.safeParse(s.read((db) => readEmail(db, 'acc', s.emailId('e1')))).success, true);
  });

  it('again keeps its local id and everything but keywords and mailboxes', () => {
    const s = openStore();
    const first = remoteEmail({ remoteId: 'e1', keywords: ['$seen'], threadRemoteId: 't1' });
    s.hold(inbox, archive, first);
    const [id, before] = [s.emailId('e1'), s.read((db) => readEmail(db, 'acc', s.emailId('e1')))];
    const changed = s.write((tx) =>
      equal(
        putEmail(tx, {
          ...remoteEmail({ remoteId: 'e1', subject: 'other', receivedAt: 5, threadRemoteId: 't2', size: 1, from: [] }),
          mailboxIds: ['archive'],
          keywords: ['$flagged'],
        }),
        'updated',
      ),
    );
    deepEqual(
      s.read((db) => readEmail(db, 'acc', id)),
      before && { ...before, mailboxIds: { [s.mailboxId('archive')]: true }, keywords: { $flagged: true } },
    );
    equal(s.emailId('e1'), id);
    deepEqual([...(changed?.emails ?? [])], [[id, 'updated']]);
    equal(
      s.write((tx) => equal(putEmail(tx, { ...first, mailboxIds: ['archive'], keywords: ['$flagged'] }), 'unchanged')),
      null,
    );
  });

  it('never gets the local id of one that is gone', () => {
    const s = openStore();
    s.hold(remoteEmail({ remoteId: 'e1' }));
    const id = s.emailId('e1');
    s.write((tx) => removeEmail(tx, 'e1'));
    s.hold(remoteEmail({ remoteId: 'e1' }));
    ok(s.emailId('e1') > id);
  });

  it('takes its attachments with it when it goes', () => {
    const s = openStore();
    s.hold(remoteEmail({ remoteId: 'e1', attachments: [remoteAttachment()] }));
    equal(s.rows('attachments').length, 1);
    s.write((tx) => equal(removeEmail(tx, 'e1'), true));
    deepEqual([s.rows('attachments'), s.rows('threads'), s.rows('email_mailboxes')], [[], [], []]);
    equal(
      s.write((tx) => equal(removeEmail(tx, 'e1'), false)),
      null,
    );
  });
});

describe('an email that is patched', () => {
  it('moves keywords and mailboxes; one that is not held is left alone', () => {
    const s = openStore();
    s.hold(inbox, archive, remoteEmail({ remoteId: 'e1' }));
    const patch = (remoteId: string, keywords: string[]) => (tx: Parameters<typeof patchEmail>[0]) =>
      patchEmail(tx, { remoteId, mailboxIds: ['archive'], keywords });
    equal(s.write(patch('nobody', [])), null);
    s.write(patch('e1', ['$seen']));
    const head = s.read((db) => readHead(db, 'acc', s.emailId('e1')));
    deepEqual([head?.keywords, head?.mailboxIds], [{ $seen: true }, { [s.mailboxId('archive')]: true }]);
    equal(s.write(patch('e1', ['$seen'])), null);
  });
});

describe('reads of what is not held', () => {
  it('answer nothing', () => {
    const s = openStore();
    deepEqual(
      s.read((db) => [
        readEmail(db, 'a', 1),
        readHead(db, 'a', 1),
        threadEmails(db, 1),
        threadCounts(db, 1),
        heldEmailsAfter(db, '', 1),
      ]),
      [undefined, undefined, [], { size: 0, unread: 0 }, []],
    );
  });
});

describe('what drivers may know', () => {
  it('is which emails are held, also page by page', () => {
    const s = openStore();
    const names = ['b', 'a', 'd', 'c', 'é', 'B'];
    s.hold(...names.map((remoteId) => remoteEmail({ remoteId })));
    deepEqual(
      s.read((db) => heldEmails(db, ['a', 'x', 'é', 'a'])),
      new Set(['a', 'é']),
    );
    const walked: string[] = [];
    for (let page = ['']; page.length > 0; walked.push(...page))
      page = s.read((db) => heldEmailsAfter(db, walked.at(-1) ?? '', 4));
    deepEqual(walked, ['B', 'a', 'b', 'c', 'd', 'é']);
  });
});

describe('a thread', () => {
  it('lists its emails oldest first and counts them', () => {
    const s = openStore();
    const at = (remoteId: string, second: number, keywords: string[] = []) =>
      remoteEmail({ remoteId, threadRemoteId: 't', receivedAt: someSecond + second, keywords });
    s.hold(at('late', 9), at('early', 1, ['$seen']), at('middle', 5), remoteEmail());
    const thread = Number(s.rows("threads WHERE remote_id = 't'")[0]?.['id']);
    deepEqual(
      s.read((db) => threadEmails(db, thread)),
      ['early', 'middle', 'late'].map(s.emailId),
    );
    deepEqual(
      s.read((db) => threadCounts(db, thread)),
      { size: 3, unread: 2 },
    );
  });
});

describe('sort keys', () => {
  it('order emails by second, then by local id, and are exact integers', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anySecond, fc.constant('remove' as const)), { maxLength: 30 }), (steps) => {
        const s = openStore();
        const held: string[] = [];
        steps.forEach((step, index) => {
          const victim = held[index % Math.max(1, held.length)];
          if (step !== 'remove') {
            held.push(`e${index}`);
            s.hold(remoteEmail({ remoteId: `e${index}`, receivedAt: step }));
          } else if (victim !== undefined) {
            held.splice(held.indexOf(victim), 1);
            s.write((tx) => removeEmail(tx, victim));
          }
        });
        const rows = s
          .rows('emails ORDER BY sort_key')
          .map((row) => [Number(row['sort_key']), Number(row['id'])] as const);
        equal(new Set(rows.map(([key]) => key)).size, rows.length);
        ok(rows.every(([key]) => Number.isSafeInteger(key) && key >= 0));
        const bySecond = rows.toSorted(([a, x], [b, y]) => secondOfSortKey(a) - secondOfSortKey(b) || x - y);
        deepEqual(rows, bySecond);
        s.store.close();
      }),
      { numRuns: 50 },
    );
  });

  it('stand for their second; one bound lies behind the last, so that a page can end there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (second) => {
        equal(secondOfSortKey(sortKeyFloor(second)), second);
        equal(secondOfSortKey(sortKeyFloor(second) + 2 ** 21 - 1), second);
      }),
    );
    deepEqual(
      [-1e15, 0, 2 ** 32, 1e15].map((second) => secondOfSortKey(sortKeyFloor(second))),
      [0, 0, 2 ** 32, 2 ** 32],
    );
  });
});
