import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { type Account, accountInProcess, type FilingWorld, filingWorld, ID } from '../support/filing.ts';
import { bytesHeld, letRead } from '../support/held.ts';

type Set = 'full' | 'noMove' | 'bare';

const inProcess = async (t: TestContext, set: Set): Promise<Account> =>
  (await accountInProcess(t, { capabilities: [...capabilitySets[set], 'LITERAL+', 'SPECIAL-USE'] })).account;

const skip = skipWithout(dovecotAvailable(), 'filing on Dovecot');
const onDovecot = async (t: TestContext, capabilities: Set): Promise<Account> => {
  const server = await startDovecot({ capabilities });
  t.after(() => server.stop());
  const { config, credential, imap } = server;
  assert.ok(config.protocol === 'imap' && credential.type === 'password');
  return { config, credential, raw: imap };
};

const onCyrus = async (t: TestContext): Promise<Account> => {
  const server = await startCyrus({ protocol: 'imap' });
  t.after(() => server.stop());
  const { config, credential, imap } = server;
  assert.ok(config.protocol === 'imap' && credential.type === 'password');
  return { config, credential, raw: imap };
};

/** Where the id of a message says that it is. */
const uidOf = (remoteId: string | undefined): number => Number(remoteId?.split('|')[2]);

/** What every server has to let Tern do (docs/sending.md SF1), each with a mailbox of its own. */
const behaviours = (start: (t: TestContext) => Promise<Account>): void => {
  const world = async (t: TestContext): Promise<FilingWorld> => filingWorld(t, await start(t));

  it('puts a message there, and says where', async (t) => {
    const w = await world(t);
    const filed = await w.file();
    assert.deepEqual([filed.result, uidOf(filed.remoteId), filed.notes.length], ['done', 1, 1]);
    const again = await w.file({ id: 'two@example.test' });
    assert.equal(uidOf(again.remoteId), 2);
    assert.deepEqual([await w.found(), await w.found('two@example.test')], [1, 1]);
    const [email] = await w.driver.readBodies([filed.remoteId ?? ''], { cursors: w.cursors, maxBytes: 1000 }, never);
    assert.ok(email);
  });

  it('finds what was cut off when it was there, and does not put it there again', async (t) => {
    const w = await world(t);
    w.cut('after');
    const cut = await w.file();
    assert.deepEqual([cut.result, cut.kind, cut.notes.length], ['unknown', 'network', 1]);
    assert.equal(await w.found(), 1);
    const again = await w.file({ journal: cut.notes[0] ?? null });
    assert.deepEqual([again.result, uidOf(again.remoteId), again.notes.length], ['done', 1, 0]);
    assert.equal(await w.found(), 1);
  });

  for (const how of ['before', 'during'] as const)
    it(`puts it there after it was cut off and never was (${how})`, async (t) => {
      const w = await world(t);
      w.cut(how);
      const cut = await w.file();
      assert.deepEqual([cut.result, cut.kind], ['unknown', 'network']);
      assert.equal(await w.found(), 0);
      assert.equal((await w.file({ journal: cut.notes[0] ?? null })).result, 'done');
      assert.equal(await w.found(), 1);
    });

  it('knows whether a message is there', async (t) => {
    const w = await world(t);
    const message = {
      file: { path: '/nowhere', size: 1 },
      messageId: ID,
      envelope: { from: '', to: [] },
      email: null,
      identity: null,
      drafts: null,
      sent: 'Sent',
      holdUntil: null,
    };
    const told = async (): Promise<unknown[]> => [
      await w.mailer.isFiled(message, w.cursors, never),
      await w.mailer.fate(message, '', w.cursors, never),
    ];
    assert.deepEqual(await told(), [false, 'unknown']);
    await w.file({ mailbox: 'INBOX' });
    assert.deepEqual(await told(), [false, 'unknown']);
    await w.file();
    assert.deepEqual(await told(), [true, 'accepted']);
    assert.equal(await w.mailer.isFiled({ ...message, sent: null }, w.cursors, never), false);
    assert.equal(await w.mailer.isFiled({ ...message, sent: 'Nowhere' }, w.cursors, never), false);
    assert.equal(await w.mailer.isFiled({ ...message, messageId: 'ne@example.test' }, w.cursors, never), false);
  });
};

const never = new AbortController().signal;

for (const set of ['full', 'noMove', 'bare'] as const) {
  describe(`SF1: filing a message on the server in process (${set})`, () => behaviours((t) => inProcess(t, set)));
  describe(`SF1: filing a message on Dovecot (${set})`, { skip, timeout: 120_000 }, () =>
    behaviours((t) => onDovecot(t, set)),
  );
}

const onlyCyrus = { skip: skipWithout(cyrusAvailable(), 'filing on Cyrus'), timeout: 120_000 };
describe('SF1: filing a message on Cyrus', onlyCyrus, () => behaviours(onCyrus));

describe('SF2: a message that is compressed on its way', onlyCyrus, () => {
  it('is there as it was', async (t) => {
    const w = await filingWorld(t, await onCyrus(t));
    const raw = `Message-ID: <${ID}>\r\n\r\n${'a line of it\r\n'.repeat(200_000)}`;
    const { result, remoteId = '' } = await w.file({ raw });
    assert.equal(result, 'done');
    const pieces: Uint8Array[] = [];
    for await (const piece of w.driver.readBlob({ remoteId, part: null, blobId: null }, { cursors: w.cursors }, never))
      pieces.push(piece);
    assert.equal(Buffer.concat(pieces).toString(), raw);
  });
});

describe('SF1: the note', () => {
  it('is on the disk before the server hears of the message', async (t) => {
    const account = await inProcess(t, 'full');
    const w = await filingWorld(t, account);
    const full = new TernError('storage', 'the disk is full');
    await assert.rejects(w.file({}, { note: () => Promise.reject(full) }), full);
    assert.equal(await w.found(), 0);
    let seen = -1;
    await w.file({}, { note: async () => void (seen = await w.found()) });
    assert.deepEqual([seen, await w.found()], [0, 1]);
  });
});

describe('SF2: a large message on Dovecot', { skip, timeout: 120_000 }, () => {
  it('is never in memory as a whole', async (t) => {
    const w = await filingWorld(t, await onDovecot(t, 'full'));
    // Noise, which compression makes no shorter.
    const noise = randomBytes(15_000_000).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
    const raw = `Message-ID: <${ID}>\r\n\r\n${noise}\r\n`;
    const before = bytesHeld();
    const stall = w.stall();
    const filing = w.file({ raw, keywords: ['$draft'] });
    await stall.begun;
    // Nobody takes what is sent: nor does Tern read on.
    await letRead(3_000);
    const held = bytesHeld() - before;
    assert.ok(held < 8_000_000, `${held} bytes`);
    stall.release();
    assert.deepEqual([(await filing).result, await w.found()], ['done', 1]);
  });
});
