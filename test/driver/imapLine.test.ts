import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { connect, type ImapConnection } from '../../src-main/driver/imap/connection.ts';
import { createLine, type Line } from '../../src-main/driver/imap/line.ts';
import { TernError } from '../../src-shared/errors.ts';
import { fakeClock } from '../support/clock.ts';
import { stubServer } from '../support/imapStub.ts';

const signal = new AbortController().signal;

/** A line to a server that says yes to everything. */
const openLine = async (t: TestContext): Promise<Line> => {
  const { server, onEnd } = await stubServer(t, {});
  const line = createLine(
    (until) => connect(server, { type: 'password', username: 'u', password: 'p' }, until),
    fakeClock(),
  );
  onEnd(() => line.close());
  return line;
};

const lost = (): TernError => new TernError('network', 'BYE');

describe('I10: the line', () => {
  it('begins once more over a new connection where the old one said BYE and is not closed yet', async (t) => {
    const line = await openLine(t);
    await line.connected(signal);
    const used: ImapConnection[] = [];
    const answer = await line.begin(signal, async () => {
      used.push(await line.connected(signal));
      if (used.length === 1) throw lost();
      return 'done';
    });
    assert.equal(answer, 'done');
    assert.equal(used.length, 2);
    assert.notEqual(used[0], used[1]);
    assert.equal(used[0]?.closed, true);
  });

  it('begins once where the connection was new, and goes on with nothing twice', async (t) => {
    const line = await openLine(t);
    let times = 0;
    const fail = async (): Promise<never> => {
      times += 1;
      await line.connected(signal);
      throw lost();
    };
    await assert.rejects(line.begin(signal, fail), { kind: 'network' });
    assert.equal(times, 1, 'a connection made for it is not quiet');
    await assert.rejects(line.use(signal, fail), { kind: 'network' });
    assert.equal(times, 2);
  });

  it('leaves a connection that was still being made when it was closed', async (t) => {
    const { server, onEnd } = await stubServer(t, {});
    const made: ImapConnection[] = [];
    const dialled = Promise.withResolvers<void>();
    const line = createLine(async (until) => {
      const connection = await connect(server, { type: 'password', username: 'u', password: 'p' }, until);
      made.push(connection);
      await dialled.promise;
      return connection;
    }, fakeClock());
    onEnd(() => made[0]?.close());
    const connecting = line.connected(signal);
    line.close();
    dialled.resolve();
    await assert.rejects(connecting, { kind: 'cancelled' });
    assert.equal(made[0]?.closed, true);
  });
});

describe('I7: a line that is given back', () => {
  it('is left at once where nobody uses it, and made anew when somebody does', async (t) => {
    const line = await openLine(t);
    const first = await line.connected(signal);
    line.giveBack();
    assert.equal(first.closed, true);
    const second = await line.use(signal, () => line.connected(signal));
    assert.equal(second.closed, false, 'it was given back once');
  });

  it('is left when whoever uses it is done, in however many steps', async (t) => {
    const line = await openLine(t);
    const connection = await line.connected(signal);
    const release = line.hold();
    await line.use(signal, async () => {
      line.giveBack();
      assert.equal(connection.closed, false);
    });
    assert.equal(connection.closed, false);
    release();
    assert.equal(connection.closed, true);
  });
});
