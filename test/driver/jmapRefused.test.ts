import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SendResult } from '../../src-main/driver/outgoing.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { sendingRig } from '../support/sendingRig.ts';
import { tap } from '../support/worldTap.ts';

const submissions = (server: JmapServer) => server.setCalls('EmailSubmission/set');
const errorOf = (result: SendResult): string => ('error' in result ? result.error.kind : '');
const states = (result: SendResult): string[] =>
  'recipients' in result ? result.recipients.map(({ email, state }) => `${email} ${state}`) : [];

describe('H5: what a server says against it', () => {
  const all = (state: string): string[] => [`bob@elsewhere.test ${state}`, `carol@elsewhere.test ${state}`];
  const says: [error: { type: string; [more: string]: unknown }, result: string, kind: string, recipients: string[]][] =
    [
      [{ type: 'forbiddenFrom' }, 'refused', 'forbidden', all('refused')],
      [{ type: 'forbiddenMailFrom' }, 'refused', 'forbidden', all('refused')],
      [{ type: 'forbiddenToSend' }, 'refused', 'forbidden', all('refused')],
      [{ type: 'forbidden' }, 'refused', 'forbidden', all('refused')],
      [{ type: 'tooManyRecipients', maxRecipients: 1 }, 'refused', 'invalid', all('refused')],
      [{ type: 'noRecipients' }, 'refused', 'invalid', all('refused')],
      [{ type: 'tooLarge', maxSize: 5 }, 'refused', 'tooLarge', all('refused')],
      [{ type: 'invalidEmail' }, 'refused', 'invalid', all('refused')],
      [{ type: 'invalidProperties' }, 'refused', 'invalid', all('refused')],
      [
        { type: 'invalidRecipients', invalidRecipients: ['carol@elsewhere.test'] },
        'refused',
        'invalid',
        ['bob@elsewhere.test failed', 'carol@elsewhere.test refused'],
      ],
      [{ type: 'forbiddenToSend', description: '4.2.1 Greylisted' }, 'failed', 'forbidden', all('failed')],
      [{ type: 'forbiddenToSend', description: '451 try later' }, 'failed', 'forbidden', all('failed')],
      [{ type: 'rateLimit' }, 'failed', 'rateLimited', all('failed')],
      [{ type: 'overQuota' }, 'failed', 'quota', all('failed')],
      [{ type: 'emailNotFound' }, 'failed', 'notFound', all('failed')],
      [{ type: 'serverFail' }, 'unknown', 'server', []],
      [{ type: 'serverPartialFail' }, 'unknown', 'server', []],
      [{ type: 'smtpProtocolError', description: 'Go ahead' }, 'unknown', 'server', []],
    ];
  for (const [error, result, kind, recipients] of says)
    it(`${JSON.stringify(error)} is ${result}`, async (t) => {
      const { server, ready, submit } = await sendingRig(t);
      const message = await ready({ id: 'one' });
      server.trouble.refuseItems((method) => (method === 'EmailSubmission/set' ? error : null));
      const got = await submit(message);
      assert.deepEqual([got.result, errorOf(got), states(got)], [result, kind, recipients]);
    });

  const methods: [type: string, result: string][] = [
    ['rateLimit', 'failed'],
    ['serverUnavailable', 'failed'],
    ['unknownMethod', 'failed'],
    ['forbidden', 'refused'],
    ['accountReadOnly', 'refused'],
    ['invalidArguments', 'refused'],
    ['serverFail', 'unknown'],
    ['serverPartialFail', 'unknown'],
    ['somethingNew', 'unknown'],
  ];
  for (const [type, result] of methods)
    it(`the method's ${type} is ${result}`, async (t) => {
      const { server, ready, submit } = await sendingRig(t);
      const message = await ready({ id: 'one' });
      server.trouble.failMethod('EmailSubmission/set', type);
      assert.equal((await submit(message)).result, result);
    });

  it('is not even asked for what is no address', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    const to = ['bob@elsewhere.test', 'carol@elsewhere.test>\r\nRCPT TO:<eve@elsewhere.test', 'no address'];
    const result = await submit({ ...message, envelope: { ...message.envelope, to } });
    assert.deepEqual([result.result, errorOf(result)], ['refused', 'invalid']);
    assert.deepEqual(states(result), [`${to[0]} failed`, `${to[1]} refused`, `${to[2]} refused`]);
    const from = 'alice@example.test> SIZE=1';
    assert.equal(errorOf(await submit({ ...message, envelope: { ...message.envelope, from } })), 'invalid');
    assert.equal(submissions(server).length, 0);
  });

  it('names recipients as the message does, also where the server knows their domain by another spelling', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const message = await ready({ id: 'one' }, { envelope: { from: 'alice@example.test', to: ['bob@bücher.test'] } });
    const wire = 'bob@xn--bcher-kva.test';
    server.trouble.deliveryStatus({ [wire]: { smtpReply: '250 OK', delivered: 'queued' } });
    const result = await submit(message);
    assert.deepEqual(
      server.sent.map(({ recipient }) => recipient),
      [wire],
    );
    assert.ok(result.result === 'accepted');
    assert.deepEqual(result.recipients, [{ email: 'bob@bücher.test', state: 'accepted', reply: '250 OK' }]);
  });

  it('goes to nobody twice who is named twice', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const to = ['bob@bücher.test', 'bob@xn--bcher-kva.test', 'bob@bücher.test'];
    const result = await submit(await ready({ id: 'one' }, { envelope: { from: 'alice@example.test', to } }));
    assert.equal(server.sent.length, 1);
    assert.deepEqual(
      states(result),
      to.map((email) => `${email} accepted`),
    );
  });

  it('is told in one line, of 200 characters at most', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    server.trouble.refuseItems((method) =>
      method === 'EmailSubmission/set'
        ? { type: 'forbiddenToSend', description: `550 no\r\n\u0000${'x'.repeat(500)}` }
        : null,
    );
    const got = await submit(message);
    assert.ok(got.result === 'refused');
    const reply = got.recipients[0]?.reply ?? '';
    assert.equal(reply.length, 200);
    assert.match(reply, /^550 no .x+$/);
  });

  it('of single recipients, where it took the message', async (t) => {
    const { server, ready, submit } = await sendingRig(t);
    const message = await ready({ id: 'one' });
    server.trouble.deliveryStatus({
      'bob@elsewhere.test': { smtpReply: '250 2.1.5 OK', delivered: 'queued' },
      'carol@elsewhere.test': { smtpReply: '550 5.1.1 No such user', delivered: 'no' },
    });
    const result = await submit(message);
    assert.ok(result.result === 'accepted');
    assert.deepEqual(result.recipients, [
      { email: 'bob@elsewhere.test', state: 'accepted', reply: '250 2.1.5 OK' },
      { email: 'carol@elsewhere.test', state: 'refused', reply: '550 5.1.1 No such user' },
    ]);
    server.trouble.deliveryStatus(
      Object.fromEntries(message.envelope.to.map((email) => [email, { smtpReply: '550 no', delivered: 'no' }])),
    );
    assert.equal((await submit(await ready({ id: 'two' }))).result, 'refused');
  });

  it('and an answer that says nothing of it, or is nonsense, leaves it unknown', async (t) => {
    for (const answerWith of [
      { created: null, notCreated: null },
      { created: 'yes' },
      { notCreated: { s: 'no' }, created: null },
    ]) {
      const { server, ready, submit } = await sendingRig(t);
      const message = await ready({ id: 'one' });
      tap({ server }, ({ name, answer }) => {
        if (name === 'EmailSubmission/set') Object.assign(answer, answerWith);
      });
      assert.equal((await submit(message)).result, 'unknown');
    }
  });
});
