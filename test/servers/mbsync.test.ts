import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DovecotServer, dovecotAvailable, startDovecot } from './dovecot.ts';
import { type Mbsync, mbsyncAvailable, prepareMbsync } from './mbsync.ts';
import { skipWithout } from './skipWithout.ts';

const skip = skipWithout(mbsyncAvailable() ?? dovecotAvailable(), 'tests of the mbsync oracle');

const compare = async (server: DovecotServer, copy: Mbsync): Promise<void> => {
  await copy.sync();
  const { emails, mailboxes } = await server.truth();
  const pathOf = (id: string): string => {
    const { name = '', parentId = null } = mailboxes[id] ?? {};
    return parentId === null ? name : `${pathOf(parentId)}/${name}`;
  };
  const system = new Set(['$answered', '$draft', '$flagged', '$seen']);
  const there = Object.values(emails).map(({ subject, mailboxIds, keywords }) => ({
    mailbox: mailboxIds.map(pathOf).join(),
    subject,
    keywords: keywords.filter((keyword) => system.has(keyword)),
  }));
  const here = copy.held().map(({ messageId, ...message }) => {
    assert.match(messageId ?? '', /^<.+>$/);
    return message;
  });
  const sorted = (list: typeof here | typeof there): string[] =>
    list.map(({ mailbox, subject, keywords }) => JSON.stringify([mailbox, subject, keywords])).toSorted();
  assert.deepEqual(sorted(here), sorted(there));
};

test('reads what the server holds, and what changed since', { skip }, async (t) => {
  const server = await startDovecot({ security: 'tls' });
  t.after(() => server.stop());
  const copy = prepareMbsync(server, server.ca);
  t.after(() => copy.remove());
  await server.fill(60);
  const top = await server.createMailbox('Größe');
  const deep = await server.createMailbox('Below', top);
  const ids = await server.deliver([
    { subject: 'one', keywords: ['$seen', 'custom'] },
    { subject: 'two' },
    { mailboxIds: [deep] },
  ]);
  await compare(server, copy);
  const [one = '', two = '', three = ''] = ids;
  await server.setKeywords([one], { $seen: null, $flagged: true });
  await server.setKeywords([three], { $deleted: true });
  await server.destroy([two]);
  await compare(server, copy);
});
