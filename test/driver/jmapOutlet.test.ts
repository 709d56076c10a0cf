import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { sendingRig } from '../support/sendingRig.ts';

describe('H7: the way out', () => {
  it('is the server itself where it can send', async (t) => {
    const { mailer, signal } = await sendingRig(t, { server: { submission: { maxDelayedSend: 60 } } });
    assert.deepEqual(await mailer.outlet(signal), { way: 'held', holdSeconds: 60, largest: 50_000_000 });
  });

  it('is the sender of bytes where it cannot, else none', async (t) => {
    const bytes = {
      outlet: async () => ({ way: 'bytes', holdSeconds: 0, largest: 5 }) as const,
      submit: async () => ({ result: 'unknown', error: new TernError('network', 'by bytes') }) as const,
    };
    const { mailer, signal, ready, submit, fate, filed, sent, server } = await sendingRig(t, {
      server: { submission: null },
      bytes,
    });
    assert.deepEqual(await mailer.outlet(signal), { way: 'bytes', holdSeconds: 0, largest: 5 });
    assert.deepEqual(await mailer.identities(signal), []);
    const message = { ...(await ready({ id: 'one' })), email: null };
    assert.match(String(((await submit(message)) as { error?: TernError }).error), /by bytes/);
    assert.deepEqual([await fate(message), await filed(message)], ['unknown', false]);
    await server.deliver([{ messageId: 'one@tern.test', mailboxIds: [sent] }]);
    assert.deepEqual([await fate(message), await filed(message)], ['accepted', true]);
    const bare = await sendingRig(t, { server: { submission: null } });
    assert.deepEqual(await bare.mailer.outlet(bare.signal), { way: 'none', holdSeconds: 0, largest: null });
  });

  it('is looked for again on a server that can send only now and then', async (t) => {
    const { server, mailer, signal } = await sendingRig(t, { server: { submission: null } });
    assert.equal((await mailer.outlet(signal)).way, 'none');
    const submission = 'urn:ietf:params:jmap:submission';
    const mail = 'urn:ietf:params:jmap:mail';
    server.trouble.sessionOverride({
      capabilities: { 'urn:ietf:params:jmap:core': {}, [mail]: {}, [submission]: {} },
      accounts: {
        alice: { accountCapabilities: { [mail]: {}, [submission]: { submissionExtensions: { size: ['77'] } } } },
      },
    });
    assert.deepEqual(await mailer.outlet(signal), { way: 'held', holdSeconds: 0, largest: 77 });
  });

  it('is not a server that takes too few calls at once to be sent by in one request', async (t) => {
    const { mailer, signal } = await sendingRig(t, { server: { limits: { maxCallsInRequest: 6 } } });
    assert.equal((await mailer.outlet(signal)).way, 'none');
  });

  it('knows who may send', async (t) => {
    const { server, mailer, signal } = await sendingRig(t);
    server.setIdentities([
      {
        name: 'Alice',
        email: 'alice@example.test',
        textSignature: '-- A',
        replyTo: [{ name: null, email: 'a@b.test' }],
      },
      {},
    ]);
    assert.deepEqual(await mailer.identities(signal), [
      {
        remoteId: 'I1',
        name: 'Alice',
        email: 'alice@example.test',
        replyTo: [{ name: null, email: 'a@b.test' }],
        bcc: [],
        textSignature: '-- A',
        htmlSignature: '',
      },
      { remoteId: 'I2', name: '', email: '', replyTo: [], bcc: [], textSignature: '', htmlSignature: '' },
    ]);
  });
});
