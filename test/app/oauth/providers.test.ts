import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOAuth } from '../../../src-main/app/oauth/oauth.ts';
import { knownProviders, providerOf } from '../../../src-main/app/oauth/providers.ts';
import { asTernError } from '../../../src-shared/errors.ts';
import type { Config } from '../../../src-shared/model.ts';
import { fakeClock } from '../../support/clock.ts';
import { candidateAt } from './rig.ts';

const at = (host: string): Config => ({
  protocol: 'imap',
  imap: { host, port: 993, security: 'tls' },
  smtp: { host: 'smtp.example.org', port: 465, security: 'tls' },
});

describe('OA4: a provider whose ways are known', () => {
  const cases: [issuer: string | null, host: string, name: string | null][] = [
    [null, 'imap.gmail.com', 'google'],
    [null, 'IMAP.GoogleMail.com', 'google'],
    ['accounts.google.com', 'imap.example.org', 'google'],
    ['https://accounts.google.com', 'imap.example.org', 'google'],
    [null, 'outlook.office365.com', 'microsoft'],
    [null, 'imap-mail.outlook.com', 'microsoft'],
    ['login.microsoftonline.com', 'imap.example.org', 'microsoft'],
    ['https://login.microsoftonline.com/common/v2.0', 'imap.example.org', 'microsoft'],
    [null, 'imap.gmail.com.example.org', null],
    [null, 'imapXgmail.com', null],
    [null, 'evil-outlook.office365.com', null],
    ['https://accounts.google.com.example.org', 'imap.example.org', null],
    // Who is named comes before whose server it looks like.
    ['https://sso.example.org', 'imap.gmail.com', null],
  ];
  for (const [issuer, host, name] of cases)
    it(`is ${name ?? 'none'} for ${issuer ?? 'nobody named'} and ${host}`, () =>
      assert.equal(providerOf(knownProviders, { issuer, config: at(host) })?.name ?? null, name));

  it('is found for a JMAP server as people type it, too', () => {
    const config: Config = { protocol: 'jmap', sessionUrl: 'imap.gmail.com/jmap' };
    assert.equal(providerOf(knownProviders, { issuer: null, config })?.name, 'google');
  });

  it('says that it wants a client id before anybody is asked', async () => {
    // Nothing listens there: whoever asked for the metadata first would hear of the network instead.
    const away = { name: 'away', issuer: 'http://127.0.0.1:1', hosts: /^127/, scopes: ['mail'], params: {} };
    const clientFor = async () => null;
    const oauth = createOAuth({ clock: fakeClock(), clientFor, browse: async () => undefined, providers: [away] });
    const signedIn = oauth.signIn({ candidate: candidateAt(null) }, new AbortController().signal);
    await assert.rejects(signedIn, { kind: 'unsupported', detail: { provider: 'away' } });
  });

  it('asks for a client id by its name, and shows its own page', async () => {
    const control = new AbortController();
    const candidate = candidateAt(null, at('outlook.office365.com'));
    const pages: URL[] = [];
    const asked: string[] = [];
    let known = false;
    const oauth = createOAuth({
      clock: fakeClock(),
      clientFor: async (provider) => {
        asked.push(provider);
        return known ? { clientId: 'mine' } : null;
      },
      browse: async (url) => {
        pages.push(new URL(url));
        control.abort();
      },
    });
    await assert.rejects(oauth.signIn({ candidate }, control.signal), (error) => {
      const { kind, detail } = asTernError(error);
      assert.deepEqual([kind, detail], ['unsupported', { provider: 'microsoft' }]);
      return true;
    });
    known = true;
    await assert.rejects(oauth.signIn({ candidate, email: 'al@example.org' }, control.signal), { kind: 'cancelled' });
    const [page] = pages;
    assert.deepEqual([...new Set(asked)], ['microsoft']);
    assert.equal(`${page?.origin}${page?.pathname}`, 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize');
    assert.equal(page?.searchParams.get('client_id'), 'mine');
    assert.equal(page?.searchParams.get('login_hint'), 'al@example.org');
    assert.match(page?.searchParams.get('scope') ?? '', /IMAP\.AccessAsUser\.All .*SMTP\.Send offline_access/);
  });
});
