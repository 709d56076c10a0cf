import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { settle } from '../support/clock.ts';
import { bytesHeld } from '../support/held.ts';
import { until } from '../support/processes.ts';
import type { Failure } from './imap/faults.ts';
import { dial, ending, lines, selected, signIn, start } from './imap/testClient.ts';
import type { ImapServer } from './imapServer.ts';

/** All that a client hears that sends some lines and waits for the end of the connection. */
const heardOf = async (server: ImapServer, ...sent: string[]): Promise<string> => {
  const socket = connect(server.port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
  });
  socket.write(sent.map((line) => `${line}\r\n`).join(''));
  await new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
  return heard;
};
const login = 'a LOGIN alice@example.test secret';

describe('commands that fail', () => {
  it('are answered NO or BAD, before or after they were carried out', async (t) => {
    const { server, client, ids } = await selected(t, 2);
    server.trouble.fail('UID STORE', { kind: 'no', code: 'INUSE' }, 2);
    server.trouble.fail('UID STORE', { kind: 'no', code: 'UNAVAILABLE', done: true });
    server.trouble.fail(({ line }) => line.includes('Trash'), { kind: 'bad' });
    const store = 'UID STORE 1 +FLAGS (\\Seen)';
    const keywords = async () => (await server.truth()).emails[ids[0] ?? '']?.keywords;
    assert.deepEqual([await ending(client, store), await ending(client, 'UID COPY 1 Trash')], ['NO [INUSE]', 'BAD']);
    assert.deepEqual([await ending(client, store), await keywords()], ['NO [INUSE]', []]);
    assert.deepEqual([await ending(client, store), await keywords()], ['NO [UNAVAILABLE]', ['$seen']]);
    assert.equal(await ending(client, store), 'OK');
  });

  it('end the connection with or without a word, before or after they were carried out', async (t) => {
    const { server } = await selected(t, 1);
    const flags = async () => Object.values((await server.truth()).emails)[0]?.keywords;
    const attempt = async (failure: Failure, flag: string) => {
      const client = await signIn(t, server);
      await client.run('SELECT INBOX');
      server.trouble.fail('UID STORE', failure);
      await assert.rejects(client.ask(`UID STORE 1 FLAGS (${flag})`), /hung up/);
      return flags();
    };
    assert.deepEqual(await attempt({ kind: 'drop' }, 'one'), []);
    assert.deepEqual(await attempt({ kind: 'drop', done: true }, 'two'), ['two']);
    assert.deepEqual(await attempt({ kind: 'bye' }, 'three'), ['two']);
    assert.deepEqual(await attempt({ kind: 'bye', done: true }, 'four'), ['four']);
    assert.deepEqual(await attempt({ kind: 'cut', bytes: 0 }, 'five'), ['five']);
    server.trouble.fail('UID STORE', { kind: 'drop', done: true });
    const heard = await heardOf(server, login, 'b SELECT INBOX', 'c UID STORE 1 FLAGS (six)');
    assert.match(heard, /\r\nb OK [^\r]*\r\n$/, 'not even a FETCH response');
    assert.deepEqual(await flags(), ['six']);
    server.trouble.fail('NOOP', { kind: 'bye', text: 'so long' });
    assert.match(await heardOf(server, login, 'b NOOP'), /\r\n\* BYE so long\r\n$/);
  });

  it('cut the answer after any byte', async (t) => {
    const { server } = await selected(t, 1);
    const whole = '* 1 FETCH (UID 1 FLAGS ())\r\nc OK Fetched\r\n';
    for (let bytes = 0; bytes <= whole.length; bytes++) {
      server.trouble.fail('UID FETCH', { kind: 'cut', bytes });
      const heard = await heardOf(server, login, 'b SELECT INBOX', 'c UID FETCH 1 FLAGS');
      assert.equal(heard.slice(heard.indexOf('b OK')).split('\r\n').slice(1).join('\r\n'), whole.slice(0, bytes));
    }
  });

  it('hang, for themselves or until the server goes on', async (t) => {
    const { server, client } = await selected(t, 1);
    server.trouble.hang();
    let answered = false;
    const asked = client.run('NOOP').then(() => (answered = true));
    await until('it was heard', () => server.countCommands('NOOP') === 1);
    assert.equal(answered, false);
    server.trouble.resume();
    await asked;
    server.trouble.fail('NOOP', { kind: 'hang' });
    const never = client.ask('NOOP');
    await until('it was heard', () => server.countCommands('NOOP') === 2);
    server.trouble.drop();
    await assert.rejects(never, /hung up/);
  });

  it('wait for what a test does before and after them', async (t) => {
    const { server, client } = await selected(t, 1);
    server.trouble.beforeCommand(async ({ verb }) => {
      if (verb === 'UID SEARCH') await server.deliver([{}]);
    });
    server.trouble.beforeAnswer(async ({ verb }) => {
      if (verb === 'UID SEARCH') await server.deliver([{}]);
    });
    const [first, ...others] = await lines(client, 'UID SEARCH ALL');
    assert.deepEqual([first, others[0]], ['* SEARCH 1', '* 3 EXISTS']);
    server.trouble.reset();
    server.trouble.slow(30);
    const began = performance.now();
    await client.run('NOOP');
    assert.ok(performance.now() - began >= 29);
  });
});

describe('connections', () => {
  it('are refused at the door, at the login, or when there are too many', async (t) => {
    const server = await start(t);
    server.trouble.greet('bye');
    assert.match(await heardOf(server), /^\* BYE /);
    server.trouble.greet('preauth');
    const known = await dial(t, server);
    assert.match(known.greeting, /^\* PREAUTH /);
    await known.run('SELECT INBOX');
    server.trouble.maxConnections(1);
    assert.match(await heardOf(server), /^\* BYE /);
    server.trouble.maxConnections(1, 'no');
    assert.equal(await ending(await dial(t, server), 'LOGIN alice@example.test secret'), 'NO [LIMIT]');
    server.trouble.maxConnections(null);
    const client = await signIn(t, server);
    server.trouble.bye('Going down');
    assert.equal((await client.heard(/BYE/)).text, '* BYE Going down');
  });

  it('hear alerts, odd words, and lines that nobody asked for', async (t) => {
    const { server, client } = await selected(t, 1);
    server.trouble.alert('disk \x1b[31mfull');
    assert.deepEqual(await lines(client, 'NOOP'), ['* OK [ALERT] disk \x1b[31mfull']);
    server.trouble.words('\x07\x1b[2J');
    assert.equal((await client.run('NOOP')).text, '\x07\x1b[2J');
    server.trouble.say('* 7 EXISTS');
    assert.equal((await client.heard(/EXISTS/)).text, '* 7 EXISTS');
  });

  it('are deaf while they idle', async (t) => {
    const { server, client } = await selected(t, 1);
    server.trouble.deafIdle(true);
    await server.deliver([{}]);
    let heard = false;
    const idle = client.ask('IDLE');
    void client.heard(/EXISTS/).then(() => (heard = true));
    await client.heard(/^\+ /);
    await server.deliver([{}]);
    const other = await signIn(t, server);
    assert.deepEqual(await lines(other, 'STATUS INBOX (MESSAGES)'), ['* STATUS "INBOX" (MESSAGES 3)']);
    assert.equal(heard, false);
    client.write('DONE\r\n');
    const { lines: told } = await idle;
    assert.deepEqual(
      told.map(({ text }) => text),
      ['+ idling', '* 3 EXISTS', '* 0 RECENT'],
    );
  });
});

describe('FETCH', () => {
  const numbers = (told: string[]) => told.map((line) => /^\* (\d+ [A-Z]+)/.exec(line)?.[1]);

  it('answers out of order, or not for every message', async (t) => {
    const { server, client, ids } = await selected(t, 6);
    server.trouble.neverFetch(ids[1] ?? '');
    server.trouble.missFetches(1);
    assert.deepEqual(numbers(await lines(client, 'FETCH 1:3 FLAGS')), ['3 FETCH']);
    const all = await lines(client, 'FETCH 1:* FLAGS');
    server.trouble.shuffleFetches(true);
    const mixed = await lines(client, 'FETCH 1:* FLAGS');
    assert.notDeepEqual(mixed, all);
    assert.deepEqual(mixed.toSorted(), all);
    assert.equal(all.length, 5);
  });

  it('is interrupted by what happens meanwhile', async (t) => {
    const { server, client, ids } = await selected(t, 3);
    server.trouble.betweenFetches((responses) => {
      if (responses === 1) void server.destroy([ids[0] ?? '']);
      if (responses === 2) void server.deliver([{}]);
    });
    const told = numbers(await lines(client, 'UID FETCH 1:* UID'));
    assert.deepEqual(told, ['1 FETCH', '1 EXPUNGE', '1 FETCH', '3 EXISTS', '0 RECENT', '2 FETCH']);
  });

  it('brings literals that are not as long as they say, and items that are nonsense', async (t) => {
    const { server, ids } = await selected(t, 2);
    server.trouble.wrongLiteral(ids[0] ?? '', -3);
    server.trouble.answerItem(ids[1] ?? '', 'BODYSTRUCTURE', '(("TEXT" "PLAIN"');
    const heard = await heardOf(
      server,
      login,
      'b SELECT INBOX',
      'c FETCH 1 BODY.PEEK[TEXT]',
      'd FETCH 1:2 BODYSTRUCTURE',
      'e LOGOUT',
    );
    assert.match(heard, /BODY\[TEXT\] \{29\}\r\nThis is the text of message 1\.\r\n\)/);
    assert.match(
      heard,
      /\* 1 FETCH \(BODYSTRUCTURE \("text" .*\)\)\r\n\* 2 FETCH \(BODYSTRUCTURE \(\("TEXT" "PLAIN"\)\r\n/,
    );
    assert.match(heard, /e OK Bye\r\n$/);
  });

  it('sends a header of 300 MB without holding it', async (t) => {
    const { server, ids } = await selected(t, 1);
    const octets = 300_000_000;
    server.trouble.hugeHeader(ids[0] ?? '', octets);
    const socket = connect(server.port, '127.0.0.1');
    t.after(() => socket.destroy());
    const before = bytesHeld();
    socket.write(`${login}\r\nb SELECT INBOX\r\nc FETCH 1 (BODY.PEEK[HEADER] UID)\r\n`);
    await once(socket, 'readable');
    // Nobody reads what comes.
    await settle(2_000);
    assert.ok(bytesHeld() - before < octets / 20);
    let bytes = 0;
    let last = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      last = Buffer.concat([last.subarray(-100), chunk.subarray(-100)]);
    });
    await until('all of it came', () => last.includes('c OK'), 60_000);
    assert.ok(bytes > octets && bytes < octets + 2000);
    assert.match(last.toString(), /UID 1\)\r\nc OK/);
  });

  it('may refuse CHANGEDSINCE 0', async (t) => {
    const { server, client } = await selected(t, 1);
    const since = 'UID FETCH 1:* (FLAGS) (CHANGEDSINCE 0)';
    assert.equal(await ending(client, since), 'OK');
    server.trouble.refuseChangedSinceZero(true);
    assert.equal(await ending(client, since), 'BAD');
  });
});

describe('what a mailbox says of itself', () => {
  it('goes down, or is not there', async (t) => {
    const { server, client, inbox } = await selected(t, 5);
    const told = async () => (await lines(client, 'EXAMINE INBOX')).filter((line) => /MODSEQ|UIDVALIDITY/.test(line));
    const status = 'STATUS INBOX (UIDVALIDITY HIGHESTMODSEQ)';
    assert.deepEqual(await lines(client, status), [
      '* OK [HIGHESTMODSEQ 6] Modification sequence',
      '* STATUS "INBOX" (UIDVALIDITY 1001 HIGHESTMODSEQ 6)',
    ]);
    server.trouble.lowerModseq(inbox, 4);
    assert.deepEqual(await lines(client, status), ['* STATUS "INBOX" (UIDVALIDITY 1001 HIGHESTMODSEQ 2)']);
    server.trouble.noModseq(inbox, true);
    server.trouble.uidValidity(inbox, 0);
    assert.deepEqual(await told(), ['* OK [UIDVALIDITY 0] UIDs valid', '* OK [NOMODSEQ] Modification sequence']);
    assert.deepEqual(await lines(client, status), ['* STATUS "INBOX" (UIDVALIDITY 0 HIGHESTMODSEQ 0)']);
  });

  it('changes under those who selected it', async (t) => {
    const { server, client, inbox, ids } = await selected(t, 3);
    await server.destroy([ids[0] ?? '']);
    server.trouble.renumber(inbox);
    assert.match((await client.heard(/BYE/)).text, /renumbered/);
    assert.deepEqual(server.places(ids[2] ?? ''), [{ path: 'INBOX', uidValidity: 1007, uid: 2 }]);
    server.trouble.renumber(inbox, 5);
    assert.equal(server.emailAt('INBOX', 2), ids[2]);
    assert.equal(server.places(ids[2] ?? '')[0]?.uidValidity, 5);
  });

  it('forgets what was expunged', async (t) => {
    const { server, client, inbox, ids } = await selected(t, 6);
    await client.run('ENABLE QRESYNC');
    const vanished = async (since: number) =>
      (await lines(client, `UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${since} VANISHED)`)).filter((line) =>
        /VAN/.test(line),
      );
    await server.destroy([ids[1] ?? '', ids[3] ?? '']);
    await client.run('NOOP');
    assert.deepEqual(await vanished(8), ['* VANISHED (EARLIER) 4']);
    server.trouble.forgetExpunges(inbox);
    assert.deepEqual(await vanished(8), ['* VANISHED (EARLIER) 2,4']);
    assert.deepEqual(await vanished(9), []);
  });
});
