import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SendResult } from '../../src-main/driver/outgoing.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { ledger, once, sendingRig } from '../support/sendingRig.ts';

const submissions = (server: JmapServer) => server.setCalls('EmailSubmission/set');
const errorOf = (result: SendResult): string => ('error' in result ? result.error.kind : '');

describe('H4: a message is submitted', () => {
  it('to each recipient once, and lies in Sent as mail that was sent', async (t) => {
    const { server, ready, submit, sent } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    const result = await submit(message);
    assert.deepEqual(result, {
      result: 'accepted',
      recipients: message.envelope.to.map((email) => ({ email, state: 'accepted', reply: null })),
      filed: true,
      submission: null,
    });
    assert.deepEqual(ledger(server), once('one'));
    const { mailboxIds, keywords } = (await server.truth()).emails[message.email] ?? {};
    assert.deepEqual([mailboxIds, keywords], [[sent], ['$seen']]);
  });

  it('in one request, with its envelope, the state of submissions, and what follows', async (t) => {
    const { server, ready, submit, drafts, sent } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    server.forgetRequests();
    await submit(message);
    const [request, ...others] = server.requests.filter(({ methods }) => methods.includes('EmailSubmission/set'));
    assert.equal(others.length, 0);
    assert.deepEqual(request?.methods, ['Email/set', 'EmailSubmission/set', 'Email/get']);
    const [set] = submissions(server);
    const { '#accountId': hangsOn, ...args } = set?.args ?? {};
    assert.deepEqual(hangsOn, { resultOf: '0', name: 'Email/set', path: '/accountId' });
    assert.deepEqual(args, {
      ifInState: 's0',
      create: {
        s: {
          identityId: 'I1',
          emailId: message.email,
          envelope: {
            mailFrom: { email: 'alice@example.test' },
            rcptTo: [{ email: 'bob@elsewhere.test' }, { email: 'carol@elsewhere.test' }],
          },
        },
      },
      onSuccessUpdateEmail: {
        '#s': { [`mailboxIds/${sent}`]: true, [`mailboxIds/${drafts}`]: null, 'keywords/$draft': null },
      },
    });
  });

  it('after a look at the email, which comes behind all that might move its state', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    server.forgetRequests();
    await submit(message);
    const { methods = [] } = server.requests[0] ?? {};
    assert.deepEqual(methods.slice(methods.lastIndexOf('Email/set') + 2), [
      'Email/get',
      'EmailSubmission/get',
      'Identity/get',
    ]);
    assert.deepEqual(
      server.setCalls('Email/set').map(({ args }) => Object.hasOwn(args, 'update')),
      [false, false, true, true],
    );
  });

  it('after the last moment was kept, and not before the server was asked', async (t) => {
    const order: string[] = [];
    const { server, ready, submit } = await sendingRig(t, {
      committing: async () => void order.push(`kept after ${submissions(server).length} submissions`),
    });
    await submit(await ready({ id: 'one' }));
    assert.deepEqual(order, ['kept after 0 submissions']);
  });

  it('not at all where that cannot be kept', async (t) => {
    const { server, ready, submit } = await sendingRig(t, {
      committing: () => Promise.reject(new TernError('storage', 'the disk is full')),
    });
    const message = await ready({ id: 'one' });
    await assert.rejects(submit(message), /the disk is full/);
    assert.equal(submissions(server).length, 0);
  });

  it('as the identity of its sender: by address, by domain, by one without an address, else the first', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const used = async (id: string, identities: object[], identity: string | null = null): Promise<unknown> => {
      server.setIdentities(identities);
      const message = await ready({ id }, { identity });
      server.forgetRequests();
      await submit(message);
      const create = (submissions(server)[0]?.args['create'] ?? {}) as Record<string, { identityId?: string }>;
      return create['s']?.identityId;
    };
    const other = { id: 'other', email: 'other@example.test' };
    const any = { id: 'any', email: '' };
    const domain = { id: 'domain', email: '*@example.test' };
    const own = { id: 'own', email: 'Alice@example.test' };
    assert.equal(await used('one', [other, any, domain, own]), 'own');
    assert.equal(await used('two', [other, any, domain]), 'domain');
    assert.equal(await used('three', [other, any]), 'any');
    assert.equal(await used('four', [other]), 'other');
    assert.equal(await used('five', [other, own], 'other'), 'other');
  });

  it('once more, at once, where others submit at the same moment, and no more often than five times', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    server.trouble.failMethod('EmailSubmission/set', 'stateMismatch', 2);
    assert.equal((await submit(message)).result, 'accepted');
    const next = await ready({ id: 'two' });
    server.trouble.failMethod('EmailSubmission/set', 'stateMismatch', 5);
    assert.deepEqual([errorOf(await submit(next))], ['conflict']);
    assert.deepEqual(ledger(server), once('one'));
  });

  it('when others change mail at every moment', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    server.trouble.beforeReply(async () => void (await server.deliver([{}])));
    assert.equal((await submit(message)).result, 'accepted');
    assert.deepEqual(ledger(server), once('one'));
  });

  it('not twice: an email that lies in Sent, or is no draft any more, was sent', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    await submit(message);
    assert.deepEqual((await submit(message)).result, 'accepted');
    assert.deepEqual(ledger(server), once('one'));
  });

  it('not with its blind recipients: whatever a server promises, it may pass them on', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const result = await submit(await ready({ id: 'one', bcc: 'Dave <dave@elsewhere.test>' }));
    assert.deepEqual([result.result, errorOf(result)], ['refused', 'bug']);
    assert.deepEqual(ledger(server), []);
  });

  it('with its place in the drafts where there is no mailbox for sent mail', async (t) => {
    const { server, ready, submit, drafts } = await sendingRig(t);
    const message = await ready({ id: 'one' }, { sent: null });
    const result = await submit(message);
    assert.equal(result.result === 'accepted' && result.filed, true);
    const { mailboxIds, keywords } = (await server.truth()).emails[message.email] ?? {};
    assert.deepEqual([mailboxIds, keywords], [[drafts], ['$seen']]);
  });

  it('not where the email is gone, or belongs to another account', async (t) => {
    const { server, ready, submit, mailer, signal } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    const away = { cursors: { account: 'elsewhere' }, committing: async () => undefined };
    assert.deepEqual(errorOf(await mailer.submit(message, away, signal)), 'conflict');
    await server.destroy([message.email]);
    const result = await submit(message);
    assert.deepEqual([result.result, errorOf(result)], ['failed', 'notFound']);
    assert.equal(submissions(server).length, 0);
  });
});
