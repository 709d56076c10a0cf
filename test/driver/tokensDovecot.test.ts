import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connect } from '../../src-main/driver/imap/connection.ts';
import type { ImapConfig } from '../../src-shared/model.ts';
import { rigFor } from '../app/oauth/rig.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { skipWithout } from '../servers/skipWithout.ts';

const never = new AbortController().signal;

describe('TK5: a real Dovecot that asks a real authorisation server', {
  skip: skipWithout(dovecotAvailable(), 'tokens'),
}, () => {
  for (const mechanism of ['oauthbearer', 'xoauth2'])
    it(`lets in whose token it is by ${mechanism}, and nobody else`, async (t) => {
      const w = await rigFor(t);
      const dovecot = await startDovecot({
        user: 'alice@example.test',
        introspection: w.server.introspection,
        settings: { auth_mechanisms: `plain ${mechanism}` },
      });
      t.after(() => dovecot.stop());
      const { imap } = dovecot.config as ImapConfig;
      let held = await w.grant();
      let renewals = 0;
      const dial = async (username = 'alice@example.test'): Promise<string> => {
        const token = async (refused: string | null): Promise<string> => {
          const { token: given, renewed } = await w.oauth.token(held, refused, never);
          if (renewed) renewals += 1;
          held = renewed ?? held;
          return given;
        };
        const connection = await connect(imap, { type: 'tokens', username, token }, never);
        const { capabilities } = connection.client;
        connection.close();
        return capabilities.has('IDLE') ? 'signed in' : 'not';
      };
      assert.equal(await dial(), 'signed in');
      w.server.endTokens();
      assert.equal(await dial(), 'signed in');
      assert.equal(renewals, 1);
      await assert.rejects(dial('bob@example.test'), { kind: 'auth' });
      held = await w.grant('bob@example.test');
      await assert.rejects(dial(), { kind: 'auth' });
      await w.server.stop();
      // It cannot ask any more: no reason to send the person to the browser.
      await assert.rejects(dial(), { kind: 'server' });
    });
});
