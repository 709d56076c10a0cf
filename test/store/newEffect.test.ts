import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { WriteDb } from '../../src-main/store/db.ts';
import {
  type EmailRow,
  effectiveState,
  emailRow,
  refreshEmail,
  showNewEffect,
  writeBase,
} from '../../src-main/store/emailState.ts';
import { markFilled } from '../../src-main/store/mailboxes.ts';
import { addChange } from '../../src-main/store/pending.ts';
import { addTarget } from '../../src-main/store/pendingEmails.ts';
import type { EmailEffect } from '../../src-shared/project.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';
import { openStore } from '../support/store.ts';

const keyword = fc.constantFrom('$seen', '$draft', '$flagged', 'work');
/** Local ids of the mailboxes below, and of one that there is not. */
const mailbox = fc.constantFrom('1', '2', '3', '9');
const anyEffect: fc.Arbitrary<EmailEffect> = fc.oneof(
  fc.record({ keywords: fc.dictionary(keyword, fc.boolean()) }),
  fc.record({ mailboxes: fc.dictionary(mailbox, fc.boolean()) }),
  fc.constant({ destroy: true }),
);
const anyEmail = fc.record({
  mailboxIds: fc.subarray(['a', 'b', 'c']),
  keywords: fc.subarray(['$seen', '$draft', '$flagged', 'work']),
});
const anyHistory = fc.record({
  email: anyEmail,
  unlisted: fc.boolean(),
  filled: fc.boolean(),
  effects: fc.array(anyEffect, { minLength: 1, maxLength: 4 }),
});

type Show = (tx: WriteDb, row: EmailRow, effect: EmailEffect) => void;

/** Every row that effects may touch, and what the commits announced. */
const after = (
  { email, unlisted, filled, effects }: typeof anyHistory extends fc.Arbitrary<infer T> ? T : never,
  show: Show,
) => {
  const s = openStore();
  s.hold(...['a', 'b', 'c'].map((remoteId) => remoteMailbox({ remoteId })));
  s.hold(remoteEmail({ ...email, remoteId: 'e', threadRemoteId: 't', receivedAt: 0 }));
  if (filled) s.write(markFilled);
  if (unlisted) s.write((tx) => tx.run('UPDATE mailboxes SET is_listed = 0 WHERE id = 3'));
  const announced = effects.map((effect) =>
    s.write((tx) => {
      const row = emailRow(tx, 1);
      if (!row || row.is_hidden === 1) return;
      const change = addChange(tx, { type: 'keywords', payload: {}, dependsOn: [], now: 0 });
      addTarget(tx, { change, email: 1, effect, overwritten: { mailboxes: [], inverse: {} } });
      show(tx, row, effect);
    }),
  );
  const tables = ['emails', 'email_base', 'email_mailboxes', 'mailboxes', 'pending_emails'];
  return {
    rows: tables.map((table) => s.rows(table)),
    announced: announced.map((set) => set && [set.mailboxes, set.threads, set.emails, set.pendingChanged]),
  };
};

/** As everything else that changes what lies on an email is shown: from what is stored. */
const fromStored: Show = (tx, row) => {
  if (row.pending === 0) writeBase(tx, row.id, effectiveState(row));
  refreshEmail(tx, row.id);
};

describe('P3: a new effect', () => {
  it('is shown as it would be from what is stored', () => {
    fc.assert(
      fc.property(anyHistory, (history) => deepEqual(after(history, showNewEffect), after(history, fromStored))),
      { numRuns: 150 },
    );
  });
});
