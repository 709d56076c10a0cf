import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { leaves } from './compare/side.ts';
import { type DovecotServer, dovecotAvailable, startDovecot } from './dovecot.ts';
import { differences } from './imap/compare/differences.ts';
import type { Exchange } from './imap/compare/exchange.ts';
import { exchangesOfMailboxes } from './imap/compare/exchangesOfMailboxes.ts';
import { exchangesOfMessages } from './imap/compare/exchangesOfMessages.ts';
import { exchangesOfMore } from './imap/compare/exchangesOfMore.ts';
import { type Account, openSide } from './imap/compare/side.ts';
import type { Dial, RawImap } from './imap/rawImap.ts';
import { startImapServer } from './imapServer.ts';
import { skipWithout } from './skipWithout.ts';

const skip = skipWithout(dovecotAvailable(), 'the IMAP server in process against Dovecot');

const all = [...exchangesOfMailboxes, ...exchangesOfMessages, ...exchangesOfMore];

/** What an account answers in an exchange. */
const answersOf = async (account: Account, [, say]: Exchange): Promise<Map<string, unknown>> => {
  const clients: RawImap[] = [];
  try {
    return leaves(await say(await openSide(account, clients)));
  } finally {
    for (const client of clients) client.close();
  }
};

describe('the IMAP server in process answers as Dovecot does, but for what is listed', { skip }, () => {
  let dovecot: DovecotServer;
  const dials: Dial[] = [];
  const met = new Set<RegExp>();

  before(async () => {
    dovecot = await startDovecot();
    const accounts = await Promise.all(all.map((_exchange, index) => dovecot.addUser(`user${index}`)));
    dials.push(...accounts.map(({ imap }) => imap.dial));
  });
  after(() => dovecot.stop());

  for (const [index, exchange] of all.entries()) {
    it(exchange[0], async (t) => {
      const username = `user${index}`;
      const theirs = dials[index];
      assert.ok(theirs);
      const ours = await startImapServer({ username });
      const account = { username, password: 'secret' };
      t.after(() => ours.stop());
      const [left, right] = await Promise.all([
        answersOf({ ...account, dial: theirs }, exchange),
        answersOf({ ...account, dial: { port: ours.port } }, exchange),
      ]);
      const unlisted: Record<string, unknown> = {};
      for (const path of new Set([...left.keys(), ...right.keys()])) {
        if (left.get(path) === right.get(path)) continue;
        const listed = differences.filter(({ where }) => where.test(`${exchange[0]} > ${path}`));
        for (const { where } of listed) met.add(where);
        if (listed.length === 0) unlisted[path] = { dovecot: left.get(path), ours: right.get(path) };
      }
      assert.deepEqual(unlisted, {});
    });
  }

  it('and every difference that is listed was met', () => {
    const gone = differences.filter(({ where }) => !met.has(where)).map(({ where }) => String(where));
    assert.deepEqual(gone, []);
  });
});
