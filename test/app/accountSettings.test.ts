import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImapConfig } from '../../src-shared/model.ts';
import { start as startImap } from '../servers/imap/testClient.ts';
import { start as startJmap } from '../servers/jmap/testClient.ts';
import { startSmtpServer } from '../servers/smtpServer.ts';
import { addSynced, cleanUp, type Host, hostFor } from '../support/host.ts';
import { until } from '../support/processes.ts';

const me = 'alice@example.test';
const signature = { text: 'Alice\nKestrel Street 1', html: '<b>Alice</b>' };
const alias = { name: 'The office', email: 'office@example.test' };

const whoSends = async (host: Host, account: string): Promise<unknown[]> => {
  const { identities } = await host.call('identities.list', account, {});
  return identities.map(({ name, email, textSignature, htmlSignature }) => [name, email, textSignature, htmlSignature]);
};

describe('who an account sends as, by its settings', () => {
  it('has a signature and further addresses, and no address in place of a name', async (t) => {
    const imap = await startImap(t);
    const smtp = await startSmtpServer();
    cleanUp(t, () => smtp.stop());
    await imap.deliver([{ subject: 'Question', from: { name: 'Ben', email: 'ben@example.test' }, to: [alias] }]);
    const host = hostFor(t);
    const config = { ...(imap.config as ImapConfig), smtp: smtp.config };
    const account = await addSynced(host, { ...imap, config });
    assert.deepEqual(await whoSends(host, account), [['', me, '', '']]);

    const set = await host.call('settings.set', account, { signature, aliases: [alias, { name: '', email: me }] });
    assert.deepEqual([set.signature, set.bodies.prefetch], [signature, true]);
    await host.call('accounts.update', null, { account, name: 'Alice Hart' });
    const { identities } = await host.call('identities.list', account, {});
    assert.deepEqual(await whoSends(host, account), [
      ['Alice Hart', me, signature.text, signature.html],
      [alias.name, alias.email, signature.text, signature.html],
    ]);

    const { emails } = await host.call('emails.list', account, { role: 'inbox' });
    const begun = await host.call('drafts.begin', account, { email: emails[0]?.id ?? '', mode: 'reply' });
    assert.equal(begun.from, alias.email, 'who was written to answers');
    assert.match(begun.text, /\n\n-- \nAlice\nKestrel Street 1\n\n/);
    const identity = begun.identity ?? '';
    assert.equal(identities[1]?.id, identity);
    const { draft } = await host.call('drafts.save', account, {
      identity,
      to: [{ email: 'ben@example.test' }],
      text: 'x',
    });
    await host.call('drafts.send', account, { draft });
    await until('it is sent', () => smtp.ledger.accepted.length > 0);
    const [sent] = smtp.ledger.accepted;
    assert.equal(sent?.from, alias.email);
    assert.match(sent?.bytes.toString() ?? '', /^From: The office <office@example\.test>\r$/m);

    await host.call('settings.set', account, { signature: { html: '' } });
    assert.deepEqual((await host.call('settings.get', account, {})).signature, { text: signature.text, html: '' });
    await host.call('settings.set', account, { aliases: [{ ...alias, name: 'Office' }] });
    assert.equal((await host.call('identities.list', account, {})).identities[1]?.id, identity, 'it is the same one');
  });

  it('leaves what the server knows of an identity, and tells the server nothing', async (t) => {
    const jmap = await startJmap(t);
    jmap.setIdentities([
      { name: 'Alice', email: me, textSignature: 'From the server' },
      { name: 'Alice', email: 'a@example.test' },
    ]);
    const host = hostFor(t);
    const account = await addSynced(host, jmap);
    await host.call('settings.set', account, { signature, aliases: [alias] });
    await until('both identities', async () => (await whoSends(host, account)).length === 2);
    jmap.forgetRequests();
    assert.deepEqual(await whoSends(host, account), [
      ['Alice', me, 'From the server', ''],
      ['Alice', 'a@example.test', signature.text, signature.html],
    ]);
    await host.call('settings.set', account, { signature: { text: 'Other' } });
    await host.call('sync.now', account, {});
    assert.ok(!JSON.stringify(jmap.requests).includes('Identity/set'));
  });
});

describe('the label of an account', () => {
  it('is in its row, beside its name, and goes again', async (t) => {
    const host = hostFor(t, { quiet: true });
    const account = await addSynced(host, await startJmap(t));
    const row = async () => (await host.call('accounts.list', null, {})).accounts[0];
    assert.ok(!('label' in ((await row()) ?? {})));
    await host.call('settings.set', account, { label: 'Work' });
    assert.deepEqual([(await row())?.label, (await row())?.name], ['Work', me]);
    await host.call('settings.set', account, { label: '' });
    assert.ok(!('label' in ((await row()) ?? {})));
  });

  it('is one line, as all that is set is what it says it is', async (t) => {
    const host = hostFor(t, { quiet: true });
    const account = await addSynced(host, await startJmap(t));
    const wrong: [field: string, input: object][] = [
      ['label', { label: 'a\nb' }],
      ['signature.text', { signature: { text: 'x'.repeat(5001) } }],
      ['signature.rtf', { signature: { rtf: '' } }],
      ['aliases.0.email', { aliases: [{ name: '', email: 'nobody' }] }],
      ['aliases.0.name', { aliases: [{ email: me }] }],
    ];
    for (const [field, input] of wrong) {
      const { error } = await host.ask({ call: 'settings.set', account, input });
      assert.deepEqual([error?.kind, error?.field], ['invalid', field]);
    }
  });
});
