import type { Driver } from '../../src-main/driver/driver.ts';
import { applyDelta, noCounts } from '../../src-main/engine/apply.ts';
import type { Store } from '../../src-main/store/db.ts';
import { putMailbox } from '../../src-main/store/mailboxes.ts';
import { remoteEmail, remoteMailbox } from './builders.ts';
import type { FakeMailer } from './fakeMailer.ts';
import type { Site } from './site.ts';

export type Role = 'inbox' | 'drafts' | 'sent';

const firstMailboxes = (store: Store, roles: readonly Role[]): void =>
  store.write((tx) => {
    for (const role of roles) putMailbox(tx, remoteMailbox({ remoteId: role, name: role, role }));
  });

/** What the queue of changes is to destroy is gone from the server. */
const flushDestroyed = (store: Store, mailer: FakeMailer): void => {
  const gone = store.read((db) =>
    db.all<{ remote_id: string }>(
      "SELECT e.remote_id FROM pending_emails p JOIN emails e ON e.id = p.email_id WHERE p.effect LIKE '%destroy%'",
    ),
  );
  for (const { remote_id: remoteId } of gone) {
    const at = mailer.filed.findIndex((each) => each.remoteId === remoteId);
    if (at >= 0) mailer.filed.splice(at, 1);
  }
};

const bring = async (store: Store, { filed }: FakeMailer): Promise<void> => {
  const held = store.read((db) => db.all<{ remote_id: string }>('SELECT remote_id FROM emails'));
  const there = new Set(filed.map(({ remoteId }) => remoteId));
  await applyDelta(
    store,
    {
      emails: {
        put: filed.map(({ remoteId, messageId, mailbox, keywords }) =>
          remoteEmail({
            remoteId,
            mailboxIds: [mailbox],
            keywords,
            headers: { messageId: [messageId] } as never,
          }),
        ),
        patched: [],
        destroyed: held.map((row) => row.remote_id).filter((remoteId) => !there.has(remoteId)),
      },
      cursors: [],
    },
    noCounts(),
  );
};

/** A site of plain values: nothing goes over a wire. */
export const fakeSite = (mailer: FakeMailer, roles: readonly Role[] = ['inbox', 'drafts', 'sent']): Site => ({
  config: { protocol: 'jmap', sessionUrl: 'http://127.0.0.1' },
  credential: { type: 'password', username: 'alice', password: '' },
  start: (store) => {
    firstMailboxes(store, roles);
    return {
      driver: async () => ({ mailer }) as unknown as Driver,
      pull: async () => {
        flushDestroyed(store, mailer);
        await bring(store, mailer);
      },
      stop: async () => undefined,
    };
  },
  stop: async () => undefined,
});
