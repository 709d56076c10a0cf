import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { connect } from '../../src-main/driver/imap/connection.ts';
import { searchUids } from '../../src-main/driver/imap/search.ts';
import { stubServer } from '../support/imapStub.ts';

type Answers = Record<string, string[]>;

/** What is found by UIDs 1 to 20 on a server that answers so. */
const found = async (t: TestContext, answers: Answers, capabilities = '', last = 20): Promise<number[]> => {
  const { server, onEnd } = await stubServer(t, {
    answer: ({ verb }) =>
      verb === 'CAPABILITY' ? [`* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR ${capabilities}`] : (answers[verb] ?? null),
  });
  const credential = { type: 'password', username: 'u', password: 'p' } as const;
  const connection = await connect(server, credential, new AbortController().signal);
  onEnd(() => connection.close());
  return searchUids(connection, 1, last);
};

describe('I4: the UIDs of a mailbox', () => {
  it('are those of a list, or of a compact one, within what was asked for', async (t) => {
    assert.deepEqual(await found(t, { 'UID SEARCH': ['* SEARCH 7 2 21'] }), [2, 7]);
    assert.deepEqual(
      await found(t, { 'UID SEARCH': ['* ESEARCH (TAG "5") UID ALL 18:25,3'] }, 'ESEARCH'),
      [3, 18, 19, 20],
    );
  });

  it('are none where the server says so', async (t) => {
    const answers = { 'UID SEARCH': ['* SEARCH'], 'UID FETCH': ['* 1 FETCH (UID 3)'] };
    assert.deepEqual(await found(t, answers), []);
    const compact = { 'UID SEARCH': ['* ESEARCH (TAG "5") UID'], 'UID FETCH': ['* 1 FETCH (UID 3)'] };
    assert.deepEqual(await found(t, compact, 'ESEARCH'), []);
  });

  it('are asked for otherwise where the server says OK and nothing else: that deletes no mail', async (t) => {
    assert.deepEqual(await found(t, { 'UID FETCH': ['* 1 FETCH (UID 3)', '* 2 FETCH (UID 9)'] }), [3, 9]);
  });

  it('are all there, however many, and none of more than a mailbox has', async (t) => {
    const many = { 'UID SEARCH': ['* ESEARCH (TAG "5") UID ALL 1:4000000000'] };
    assert.equal((await found(t, many, 'ESEARCH', 1_100_000)).length, 1_100_000);
    await assert.rejects(found(t, many, 'ESEARCH', 4_000_000_000), { kind: 'tooLarge' });
  });
});
