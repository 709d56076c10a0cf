import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pino } from 'pino';
import { createSecrets, type Secrets } from '../../src-main/app/secrets.ts';
import { createSettings, type Settings } from '../../src-main/app/settings.ts';
import { createNodePlatform } from '../../src-main/platformNode.ts';
import type { AppSettings, AppSettingsPatch } from '../../src-shared/appSettings.ts';
import { dataFolder, type Host, hostFor, type Line } from '../support/host.ts';

const defaults: AppSettings = { ispdb: false, oauthClients: {}, window: {} };

type World = { dataDir: string; file: string; told: () => string; open: () => Settings };

/** A data folder, and settings over it as another run of the host would open them. */
const worldOf = (t: TestContext): World => {
  const dataDir = dataFolder(t);
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  return {
    dataDir,
    file: join(dataDir, 'settings.json'),
    told: () => lines.join(''),
    open: () => createSettings({ dataDir, secrets: createSecrets(createNodePlatform(dataDir)), log }),
  };
};

describe("the app's settings", () => {
  it('begin with defaults, change what is named, and are there in the next run', async (t) => {
    const { file, open } = worldOf(t);
    const settings = open();
    assert.deepEqual(settings.get(), defaults);
    await settings.set({ ispdb: true });
    await settings.set({ window: { theme: 'dark', panes: { left: [1, 2.5, null] } } });
    const after = await settings.set({ window: { theme: null, zoom: 1.25 } });
    assert.deepEqual(after, { ispdb: true, oauthClients: {}, window: { panes: { left: [1, 2.5, null] }, zoom: 1.25 } });
    assert.deepEqual(open().get(), after);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('keep what a later version stored', async (t) => {
    const { file, open } = worldOf(t);
    writeFileSync(file, JSON.stringify({ ispdb: true, later: { some: 'thing' } }));
    await open().set({ window: { theme: 'dark' } });
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')).later, { some: 'thing' });
  });

  it('are as at first where their file is damaged; that is kept aside and told', async (t) => {
    for (const damage of ['', '{"ispdb":', '[]', '{"ispdb":"yes"}', '{"oauthClients":{"google":{}}}', '\0\0\0']) {
      const { file, open, told } = worldOf(t);
      writeFileSync(file, damage);
      const settings = open();
      assert.deepEqual(settings.get(), defaults, damage);
      assert.match(told(), /damaged/);
      assert.equal(readFileSync(`${file}.damaged`, 'utf8'), damage);
      assert.equal((await settings.set({ ispdb: true })).ispdb, true);
      assert.equal(open().get().ispdb, true);
    }
  });

  it('that cannot be read are not written over', async (t) => {
    const { file, open } = worldOf(t);
    mkdirSync(file);
    const settings = open();
    assert.throws(() => settings.get(), { kind: 'storage' });
    await assert.rejects(settings.set({ ispdb: true }), { kind: 'storage' });
    rmSync(file, { recursive: true });
    assert.deepEqual(settings.get(), defaults, 'and are read once they can be');
  });

  it('stay as they were where they cannot be written', async (t) => {
    const { dataDir, file, open } = worldOf(t);
    const settings = open();
    await settings.set({ window: { theme: 'dark' } });
    mkdirSync(`${file}.tmp`);
    await assert.rejects(settings.set({ ispdb: true }), { kind: 'storage' });
    assert.deepEqual(settings.get(), { ...defaults, window: { theme: 'dark' } });
    rmSync(`${file}.tmp`, { recursive: true });
    assert.deepEqual(open().get(), settings.get());
    assert.deepEqual(readdirSync(dataDir), ['settings.json']);
  });

  it('lose nothing where they are changed twice at once', async (t) => {
    const { open } = worldOf(t);
    const settings = open();
    const google = { clientId: 'tern-1', clientSecret: 'hidden' };
    await Promise.all([settings.set({ oauthClients: { google } }), settings.set({ ispdb: true })]);
    const { ispdb, oauthClients } = open().get();
    assert.deepEqual([ispdb, oauthClients], [true, { google: { clientId: 'tern-1', hasSecret: true } }]);
  });

  it('hold no more of the window than is good for a file that is written whole', async (t) => {
    const settings = worldOf(t).open();
    const large = (count: number): AppSettingsPatch => ({
      window: Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, 'x'.repeat(15_000)])),
    });
    await settings.set(large(4));
    await assert.rejects(settings.set(large(5)), { kind: 'tooLarge' });
    assert.equal(Object.keys(settings.get().window).length, 4);
  });
});

describe('as whom Tern signs people in', () => {
  const secret = 'GOCSPX-7f3a-client-secret';

  it('is stored with its secret sealed, which nobody is told', async (t) => {
    const { file, open } = worldOf(t);
    const settings = open();
    const shown = await settings.set({
      oauthClients: { google: { clientId: 'tern-1', clientSecret: secret }, plain: { clientId: 'tern-2' } },
    });
    assert.deepEqual(shown.oauthClients, {
      google: { clientId: 'tern-1', hasSecret: true },
      plain: { clientId: 'tern-2', hasSecret: false },
    });
    assert.doesNotMatch(readFileSync(file, 'utf8') + JSON.stringify([shown, settings.get()]), /7f3a/);
    const next = open();
    assert.deepEqual(await next.oauthClient('google'), { clientId: 'tern-1', clientSecret: secret });
    assert.deepEqual(await next.oauthClient('plain'), { clientId: 'tern-2' });
    for (const unknown of ['microsoft', 'toString']) assert.equal(await next.oauthClient(unknown), null);
  });

  it('keeps its secret with its client id, and only with that', async (t) => {
    const settings = worldOf(t).open();
    const set = async (google: { clientId: string; clientSecret?: string | null } | null) =>
      (await settings.set({ oauthClients: { google } })).oauthClients['google'];
    await set({ clientId: 'tern-1', clientSecret: secret });
    assert.equal((await set({ clientId: 'tern-1' }))?.hasSecret, true);
    assert.equal((await set({ clientId: 'tern-2' }))?.hasSecret, false);
    await set({ clientId: 'tern-2', clientSecret: secret });
    assert.equal((await set({ clientId: 'tern-2', clientSecret: null }))?.hasSecret, false);
    assert.equal(await set(null), undefined);
    assert.deepEqual(settings.get(), defaults);
  });

  it('has a secret that opens for no other provider', async (t) => {
    const { file, open } = worldOf(t);
    await open().set({ oauthClients: { google: { clientId: 'tern-1', clientSecret: secret } } });
    writeFileSync(file, readFileSync(file, 'utf8').replace('google', 'evil'));
    await assert.rejects(open().oauthClient('evil'), { kind: 'auth' });
  });
});

describe('the secret of a client', () => {
  it('is sealed anew where its seal is no longer the present one, and else left alone', async (t) => {
    const { dataDir, file } = worldOf(t);
    const own = createSecrets(createNodePlatform(dataDir));
    let age = 1;
    let opened = 0;
    const secrets: Pick<Secrets, 'seal' | 'unseal' | 'isCurrent'> = {
      seal: async (secret, context) => `${age}|${await own.seal(secret, context)}`,
      unseal: async (sealed, context) => {
        opened += 1;
        return own.unseal(sealed.slice(2), context);
      },
      isCurrent: (sealed) => sealed.startsWith(`${age}|`),
    };
    const settings = createSettings({ dataDir, secrets, log: pino({ level: 'silent' }) });
    const google = { clientId: 'tern-1', clientSecret: 'hidden' };
    await settings.set({ oauthClients: { google, plain: { clientId: 'tern-2' } } });
    age = 2;
    await Promise.all([settings.reseal(), settings.set({ ispdb: true })]);
    assert.match(readFileSync(file, 'utf8'), /"sealedSecret": "2\|/);
    assert.equal(settings.get().ispdb, true);
    await settings.reseal();
    assert.equal(opened, 1);
    assert.deepEqual(await settings.oauthClient('google'), google);
  });
});

describe('settings.get and settings.set', () => {
  const ask = (host: Host, call: string, input: unknown, account: unknown = null): Promise<Line> =>
    host.ask({ call, account, input });

  it('answer for the app to `account: null`, and refuse what they do not know', async (t) => {
    const host = hostFor(t);
    assert.deepEqual((await ask(host, 'settings.get', {})).ok, defaults);
    const set = { ispdb: true, window: { theme: 'dark' } };
    assert.deepEqual((await ask(host, 'settings.set', set)).ok, { ...defaults, ...set });
    const refused: [field: string, input: unknown][] = [
      ['bodies', { bodies: { prefetch: false } }],
      ['ispdb', { ispdb: 'yes' }],
      ['window._hidden', { window: { _hidden: 1 } }],
      ['window.deep', { window: { deep: JSON.parse('['.repeat(50) + ']'.repeat(50)) } }],
      ['window.large', { window: { large: 'x'.repeat(20_000) } }],
      ['oauthClients.google.clientId', { oauthClients: { google: { clientId: '' } } }],
      ['oauthClients.google.hasSecret', { oauthClients: { google: { clientId: 'a', hasSecret: true } } }],
    ];
    for (const [field, input] of refused) {
      const { error } = await ask(host, 'settings.set', input);
      assert.deepEqual([error?.kind, error?.field], ['invalid', field]);
    }
    assert.deepEqual((await ask(host, 'settings.set', JSON.parse('{"window":{"__proto__":{"a":1}}}'))).ok, {
      ...defaults,
      ...set,
    });
    assert.equal((await ask(host, 'settings.set', { ispdb: true }, 'nobody')).error?.kind, 'invalid');
    assert.equal((await host.ask({ call: 'settings.get', input: {} })).error?.field, 'account');
    assert.deepEqual((await ask(host, 'settings.get', {})).ok, { ...defaults, ...set });
  });
});
