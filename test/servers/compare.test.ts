import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { differences } from './compare/differences.ts';
import { actions, movementOf, pagedChanges } from './compare/movement.ts';
import { probes } from './compare/probes.ts';
import { sending } from './compare/sending.ts';
import { bringMails, emailSets, leftMails } from './compare/setEmails.ts';
import { leftMailboxes, mailboxSets } from './compare/setMailboxes.ts';
import { leaves, openSide, type Side } from './compare/side.ts';
import { cyrusAvailable, startCyrus } from './cyrus.ts';
import { type JmapServer, startJmapServer } from './jmapServer.ts';
import { skipWithout } from './skipWithout.ts';
import { type SmtpSink, startSmtpSink } from './smtpSink.ts';

const skip = skipWithout(cyrusAvailable(), 'the server in process against Cyrus');

describe('the server in process answers as Cyrus does, but for what is listed', { skip }, () => {
  let cyrus: Side;
  let ours: Side;
  let sink: SmtpSink;
  let ourServer: JmapServer;
  const met = new Set<RegExp>();

  before(async () => {
    sink = await startSmtpSink();
    const [theirServer, own] = await Promise.all([
      startCyrus({
        smtpPort: sink.port,
        settings: {
          jmap_max_objects_in_get: '40',
          jmap_max_objects_in_set: '40',
          jmap_max_calls_in_request: '8',
          jmap_max_size_request: '64',
        },
      }),
      startJmapServer({
        limits: { maxObjectsInGet: 40, maxObjectsInSet: 40, maxCallsInRequest: 8, maxSizeRequest: 65_536 },
      }),
    ]);
    ourServer = own;
    [cyrus, ours] = await Promise.all([openSide(theirServer), openSide(ourServer)]);
  });
  after(() => Promise.all([cyrus.server.stop(), ours.server.stop(), sink.stop()]));

  const compare = async (probe: string, ask: (side: Side) => Promise<unknown>): Promise<void> => {
    const [theirs, own] = await Promise.all([ask(cyrus), ask(ours)]);
    const [left, right] = [leaves(theirs), leaves(own)];
    const unlisted: Record<string, unknown> = {};
    for (const path of new Set([...left.keys(), ...right.keys()])) {
      if (left.get(path) === right.get(path)) continue;
      const listed = differences.filter(({ where }) => where.test(`${probe} > ${path}`));
      for (const { where } of listed) met.add(where);
      if (listed.length === 0) unlisted[path] = { cyrus: left.get(path), ours: right.get(path) };
    }
    assert.deepEqual(unlisted, {});
  };

  /** What a set answers, what moved by it, and what changes tell of it. */
  const seen = async (side: Side, ask: (side: Side) => Promise<unknown>): Promise<unknown> => {
    let answer: unknown;
    const movement = await movementOf(side, ['', async () => void (answer = await ask(side))]);
    return { answer, ...movement };
  };

  for (const [name, ask] of probes) it(name, () => compare(name, ask));
  it('pages of changes', () => compare('pages of changes', pagedChanges));
  for (const action of actions) it(action[0], () => compare(action[0], (side) => movementOf(side, action)));

  it('mail to set', () => compare('mail to set', bringMails));
  for (const [name, ask] of [...emailSets, ...mailboxSets]) it(name, () => compare(name, (side) => seen(side, ask)));
  for (const [name, ask] of [leftMailboxes, leftMails]) it(name, () => compare(name, ask));

  for (const [name, ask] of sending) it(name, () => compare(name, ask));
  it('and the same mail was handed on, to the same recipients, with Bcc', () => {
    const theirs = sink.messages.flatMap(({ from, to, data }) => to.map((recipient) => [from, recipient, data]));
    assert.deepEqual(
      theirs,
      ourServer.sent.map(({ from, recipient, data }) => [from, recipient, data]),
    );
    assert.ok(sink.messages.length > 0 && sink.messages.every(({ data }) => /^Bcc: /m.test(data)));
  });

  it('and every difference that is listed was met', () => {
    const gone = differences.filter(({ where }) => !met.has(where)).map(({ where }) => String(where));
    assert.deepEqual(gone, []);
  });
});
