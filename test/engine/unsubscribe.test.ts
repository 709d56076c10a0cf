import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import type { ServerMail } from '../servers/jmap/model.ts';
import { listServer } from '../support/listServer.ts';
import { world } from '../support/world.ts';
import { syncedWorld } from '../support/worldImap.ts';
import { readingOn } from '../support/worldReading.ts';

const fails = (kind: string) => (error: unknown) => error instanceof TernError && error.kind === kind;

const offered = {
  'List-Unsubscribe':
    '<https://lists.example/off>, <mailto:off@lists.example?subject=off&body=bye&cc=more@lists.example>',
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
};
const signed = { 'DKIM-Signature': 'v=1; d=lists.example; h=List-Unsubscribe:List-Unsubscribe-Post; b=AA' };
const page = { 'List-Unsubscribe': '<https://lists.example/leave>' };

const mails: ServerMail[] = [
  { subject: 'signed', headers: { ...signed, ...offered } },
  { subject: 'unsigned', headers: offered },
  { subject: 'unsigned page', headers: { ...offered, ...page } },
  { subject: 'page', headers: page },
  { subject: 'nobody to write to', headers: { 'List-Unsubscribe': '<mailto:>' } },
  { subject: 'plain' },
];

const worlds = {
  JMAP: async (t: TestContext) => {
    const w = await world(t, { mails });
    await w.expectTrue();
    return w;
  },
  IMAP: (t: TestContext) => syncedWorld(t, { mails }),
};

const desk = async (t: TestContext, protocol: keyof typeof worlds, status = 200) => {
  const list = await listServer(t, (_request, response) => void response.writeHead(status).end());
  const w = await worlds[protocol](t);
  const reading = readingOn(t, w, list.policy);
  const leave = (subject: string, evenJunk = false) =>
    reading.unsubscribe(reading.email(subject), { evenJunk }, new AbortController().signal);
  return { ...list, w, leave };
};

const draft = { to: [{ email: 'off@lists.example' }], subject: 'off', text: 'bye' };

for (const protocol of ['JMAP', 'IMAP'] as const)
  describe(`a list is left over ${protocol}`, () => {
    it('by one click where that is signed, else by what the person has to do', async (t) => {
      const { asked, leave } = await desk(t, protocol);
      assert.deepEqual(await leave('signed'), { way: 'posted', host: 'lists.example' });
      assert.deepEqual(
        asked.map(({ body }) => body),
        ['List-Unsubscribe=One-Click'],
      );
      assert.deepEqual(await leave('unsigned'), { way: 'mailto', draft });
      assert.deepEqual(await leave('unsigned page'), { way: 'page', url: 'https://lists.example/leave' });
      assert.deepEqual(await leave('page'), { way: 'page', url: 'https://lists.example/leave' });
      for (const subject of ['plain', 'nobody to write to']) assert.deepEqual(await leave(subject), { way: 'none' });
      assert.equal(asked.length, 1);
    });
  });

describe('a list is not left', () => {
  it('by a message in junk, unless the person says so', async (t) => {
    const { asked, leave, w } = await desk(t, 'JMAP');
    await w.server.deliver([
      { subject: 'spam', headers: { ...signed, ...offered }, mailboxIds: [w.server.mailboxId('junk')] },
    ]);
    await w.expectTrue();
    await assert.rejects(leave('spam'), { kind: 'forbidden', field: 'evenJunk' });
    assert.deepEqual(asked, []);
    assert.deepEqual(await leave('spam', true), { way: 'posted', host: 'lists.example' });
  });

  it('where its host does not take it: nothing else is done, and nothing later', async (t) => {
    const { asked, leave } = await desk(t, 'JMAP', 500);
    await assert.rejects(leave('signed'), fails('server'));
    assert.equal(asked.length, 1);
  });

  it('offline: that is said, and nothing is done once there is a network again', async (t) => {
    const { asked, leave, w } = await desk(t, 'JMAP');
    await w.server.stop();
    await assert.rejects(leave('signed'), fails('network'));
    assert.deepEqual(await leave('page'), { way: 'page', url: 'https://lists.example/leave' });
    assert.deepEqual(asked, []);
  });

  it('by a message that is not there', async (t) => {
    const { leave } = await desk(t, 'JMAP');
    await assert.rejects(leave('nothing'), { kind: 'notFound', field: 'email' });
  });
});
