import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { SignIn } from '../../src-main/driver/access.ts';
import { connect } from '../../src-main/driver/imap/connection.ts';
import { createImapDriver } from '../../src-main/driver/imap/driver.ts';
import { createHttp } from '../../src-main/driver/jmap/http.ts';
import { createSmtpSender } from '../../src-main/driver/smtp/sender.ts';
import { TernError } from '../../src-shared/errors.ts';
import { type ImapServerOptions, startImapServer } from '../servers/imapServer.ts';
import { startJmapServer } from '../servers/jmapServer.ts';
import type { SmtpServerOptions } from '../servers/smtpServer.ts';
import { fakeClock } from '../support/clock.ts';
import { nothingHeld } from '../support/filing.ts';
import { smtpWorld } from '../support/sending.ts';

const never = new AbortController().signal;
const alice = 'alice@example.test';

/** Tokens that are good one after the other: the newest alone is taken, and whoever was refused gets the next. */
const source = (username = alice) => {
  let newest = 1;
  const asked: (string | null)[] = [];
  const signIn: SignIn = {
    type: 'tokens',
    username,
    token: async (refused) => {
      asked.push(refused);
      return `token-${refused === null ? 1 : newest}`;
    },
  };
  return {
    signIn,
    asked,
    /** The one that was given out first is not good any more. */
    next: (): void => void (newest += 1),
    holderOf: async (token: string): Promise<string | null> => (token === `token-${newest}` ? alice : null),
  };
};

/** An old token, and no other to be had just now. */
const stale = async (refused: string | null): Promise<string> => {
  if (refused !== null) throw new TernError('network', 'the issuer cannot be reached');
  return 'old';
};

const imapFor = async (t: TestContext, options: ImapServerOptions) => {
  const server = await startImapServer(options);
  t.after(() => server.stop());
  const { imap } = server.config as Extract<typeof server.config, { protocol: 'imap' }>;
  const dial = async (signIn: SignIn): Promise<string> => {
    const connection = await connect(imap, signIn, never);
    const { closed } = connection;
    connection.close();
    return closed ? 'closed' : 'open';
  };
  const authentications = (): string[] =>
    server.commands.flatMap(({ verb, line }) => (verb === 'AUTHENTICATE' ? [line.split(' ')[2] ?? ''] : []));
  return { server, dial, authentications };
};

describe('TK1: IMAP, by a token', () => {
  for (const [offered, chosen] of [
    [['XOAUTH2', 'OAUTHBEARER'], 'OAUTHBEARER'],
    [['XOAUTH2'], 'XOAUTH2'],
  ] as const)
    it(`signs in by ${chosen} where the server offers ${offered.join(' and ')}`, async (t) => {
      const tokens = source();
      const { dial, server } = await imapFor(t, { tokens: tokens.holderOf, tokenMechanisms: [...offered] });
      assert.equal(await dial(tokens.signIn), 'open');
      assert.deepEqual(tokens.asked, [null]);
      assert.equal(server.countCommands('AUTHENTICATE'), 1);
      assert.equal(await dial({ type: 'bearer', token: 'token-1', username: alice }), 'open');
    });

  it('is refused once, and signs in with the next token over another connection', async (t) => {
    for (const capabilities of [undefined, []] as const) {
      const tokens = source();
      const { dial, server } = await imapFor(t, {
        tokens: tokens.holderOf,
        ...(capabilities ? { capabilities } : {}),
      });
      tokens.next();
      assert.equal(await dial(tokens.signIn), 'open');
      assert.deepEqual(tokens.asked, [null, 'token-1']);
      assert.equal(server.countCommands('AUTHENTICATE'), 2);
    }
  });

  it('is refused twice: that is for the person, and no third try', async (t) => {
    const tokens = source();
    const { dial, server } = await imapFor(t, { tokens: async () => null });
    tokens.next();
    await assert.rejects(dial(tokens.signIn), { kind: 'auth' });
    await assert.rejects(dial({ type: 'bearer', token: 'token-1', username: alice }), { kind: 'auth' });
    assert.equal(server.countCommands('AUTHENTICATE'), 3);
  });

  it('goes nowhere with the token of another person', async (t) => {
    const { dial } = await imapFor(t, { tokens: async () => 'bob@example.test' });
    await assert.rejects(dial(source().signIn), { kind: 'auth' });
  });

  it('is told that the server takes no tokens', async (t) => {
    const { dial, server } = await imapFor(t, {});
    await assert.rejects(dial(source().signIn), { kind: 'forbidden', message: /takes no tokens/ });
    assert.equal(server.countCommands('AUTHENTICATE'), 0);
  });

  it('waits for the network where the token cannot be renewed just now', async (t) => {
    const { dial } = await imapFor(t, { tokens: async () => null });
    await assert.rejects(dial({ type: 'tokens', username: alice, token: stale }), { kind: 'network' });
  });
});

describe('TK2: SMTP, by a token', () => {
  const worldOf = async (t: TestContext, options: SmtpServerOptions, signIn: SignIn) => {
    const w = await smtpWorld(t, options);
    const sender = createSmtpSender({ server: w.server.config, credential: signIn, clock: w.clock });
    const send = async () => sender.submit(w.write({}), { cursors: {}, committing: async () => undefined }, never);
    return { w, send, auths: () => w.server.commands.filter((line) => line.startsWith('AUTH')).length };
  };

  for (const [mechanisms, chosen] of [
    [['PLAIN', 'XOAUTH2', 'OAUTHBEARER'], 'OAUTHBEARER'],
    [['LOGIN', 'XOAUTH2'], 'XOAUTH2'],
  ] as const)
    it(`signs in by ${chosen} where the server offers ${mechanisms.join(', ')}`, async (t) => {
      const tokens = source();
      const { w, send } = await worldOf(t, { mechanisms: [...mechanisms], tokens: tokens.holderOf }, tokens.signIn);
      assert.equal((await send()).result, 'accepted');
      assert.ok(w.server.commands.some((line) => line.startsWith(`AUTH ${chosen} `)));
      assert.equal(w.server.ledger.accepted.length, 1);
    });

  it('is refused once, and sends with the next token; refused twice, it is for the person', async (t) => {
    for (const mechanism of ['XOAUTH2', 'OAUTHBEARER']) {
      const tokens = source();
      const options = { mechanisms: [mechanism], tokens: tokens.holderOf };
      const { w, send, auths } = await worldOf(t, options, tokens.signIn);
      tokens.next();
      assert.equal((await send()).result, 'accepted');
      assert.deepEqual([auths(), w.server.ledger.accepted.length], [2, 1]);
      const refused = await worldOf(t, { mechanisms: [mechanism], tokens: async () => null }, tokens.signIn);
      await assert.rejects(refused.send(), { kind: 'auth', message: /refused the (?!.*token-)/ });
      assert.equal(refused.auths(), 2);
    }
  });

  it('is told that the server takes no tokens, before one is shown', async (t) => {
    const { w, send } = await worldOf(t, { mechanisms: ['PLAIN', 'LOGIN'] }, source().signIn);
    await assert.rejects(send(), { kind: 'forbidden', message: /takes no tokens/ });
    assert.ok(!w.server.commands.some((line) => line.startsWith('AUTH')));
  });

  it('writes names as SASL has them', async (t) => {
    const odd = 'a,b=c@example.test';
    const signIn: SignIn = { type: 'bearer', token: 'x', username: odd };
    const { send } = await worldOf(t, { mechanisms: ['OAUTHBEARER'], tokens: async () => odd }, signIn);
    assert.equal((await send()).result, 'accepted');
  });
});

describe('TK3: JMAP, by a token', () => {
  it('asks once more with the next token where one is refused, and no third time', async (t) => {
    const tokens = source();
    const server = await startJmapServer({ tokens: tokens.holderOf });
    t.after(() => server.stop());
    const clock = fakeClock();
    const http = createHttp(tokens.signIn, clock, 1000);
    const status = async (): Promise<number> => (await http.get(new URL(server.sessionUrl), never)).status;
    assert.equal(await status(), 200);
    tokens.next();
    assert.equal(await status(), 200);
    assert.deepEqual(tokens.asked, [null, null, 'token-1']);
    await server.stop();
    const strict = await startJmapServer({ tokens: async () => null });
    t.after(() => strict.stop());
    assert.equal((await http.get(new URL(strict.sessionUrl), never)).status, 401);
    assert.equal(strict.requests.length, 2);
    assert.equal(clock.pending(), 0, 'no exchange goes on that nobody reads');
  });

  it('waits for the network where the token cannot be renewed just now', async (t) => {
    const server = await startJmapServer({ tokens: async () => null });
    t.after(() => server.stop());
    const clock = fakeClock();
    const http = createHttp({ type: 'tokens', username: alice, token: stale }, clock, 1000);
    await assert.rejects(http.get(new URL(server.sessionUrl), never), { kind: 'network' });
    assert.equal(clock.pending(), 0);
  });
});

describe('TK4: the account that ids belong to', () => {
  it('is the same however one signs in: by password, by a sign-in, by a token', async (t) => {
    const tokens = source();
    const server = await startImapServer({ tokens: tokens.holderOf });
    t.after(() => server.stop());
    const { config } = server;
    assert.ok(config.protocol === 'imap');
    const accountBy = async (credential: SignIn): Promise<string | null> => {
      const driver = createImapDriver({ config, credential, clock: fakeClock() });
      try {
        await driver.open(null, never);
        for await (const { cursors } of driver.pull({}, nothingHeld, never, { thorough: false })) {
          const step = cursors.find(({ key }) => key === 'account');
          if (step?.to) return step.to;
        }
        return null;
      } finally {
        await driver.close();
      }
    };
    const byPassword = await accountBy({ type: 'password', username: alice, password: 'secret' });
    assert.equal(byPassword, `127.0.0.1 ${alice}`);
    assert.equal(await accountBy(tokens.signIn), byPassword);
    assert.equal(await accountBy({ type: 'bearer', token: 'token-1', username: alice }), byPassword);
  });
});
