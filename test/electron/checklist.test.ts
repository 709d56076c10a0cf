import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { FuseV1Options } from '@electron/fuses';
import { FUSES, packagerFor } from '../../build/packager.ts';
import { openMessageView } from '../../electron/messageView.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { checksSpelling } from '../../src-main/desktop/menus.ts';
import { APP_CSP } from '../../src-main/desktop/serve.ts';
import { webAddress } from '../../src-main/desktop/webAddress.ts';
import { MESSAGE_CSP } from '../../src-main/html/document.ts';
import { type StandIn } from './standIn.ts';
import { preventable } from './standInPages.ts';
import { bundledPreload, startProgram } from './world.ts';

/** Electron's own list (docs/tutorial/security.md), each item read off the sources, the running wiring, or the packager's data. */

const sources = globSync('electron/*.ts').map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const shell = sources.filter(({ path }) => !path.endsWith('preload.ts') && !path.endsWith('electronApi.ts'));
const pathsWith = (pattern: RegExp): string[] =>
  sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
const nowhere = (pattern: RegExp): void => assert.deepEqual(pathsWith(pattern), [], String(pattern));

/** A program with a window and a message in it. */
const running = async (t: TestContext): Promise<StandIn> => {
  const { stand, window } = await startProgram(t);
  openMessageView({
    electron: stand.electron,
    pages: async () => null,
    window: window().window,
    follow: () => undefined,
  });
  // What every test looks at each of.
  assert.deepEqual([contents(stand).length, stand.sessions.length, stand.schemes.length], [2, 2, 2]);
  return stand;
};

/** Preferences of every page there is. */
const preferences = (stand: StandIn): Record<string, unknown>[] =>
  [...stand.windows, ...stand.views].map(({ options }) => ({ ...options.webPreferences }));
const contents = (stand: StandIn) => [...stand.windows, ...stand.views].map((each) => each.contents);

const everyPage = (key: string, value: unknown) => async (t: TestContext) => {
  for (const each of preferences(await running(t))) assert.equal(each[key], value, key);
};

const prevented = (name: string) => async (t: TestContext) => {
  for (const { emitter } of contents(await running(t))) {
    const event = preventable({ url: 'https://example.org/' });
    emitter.emit(name, event);
    assert.equal(event.prevented, true, name);
  }
};

describe("Electron's security checklist", () => {
  it('1: only loads secure content: nothing of the network at all', async (t) => {
    const stand = await running(t);
    for (const { urls } of contents(stand)) for (const url of urls) assert.match(url, /^tern-(?:app|mail):\/\//);
    for (const session of stand.sessions) {
      assert.equal(session.proxy?.mode, 'fixed_servers');
      for (const url of ['http://example.org/', 'https://example.org/', 'ws://127.0.0.1/', 'ftp://x/'])
        assert.equal(await session.request(url), null, url);
    }
    nowhere(/loadURL\((?!url\)|`\$\{APP_ORIGIN\}|'tern-)/);
  });

  it('2: no page has Node', async (t) => {
    await everyPage('nodeIntegration', false)(t);
    nowhere(/nodeIntegration(?:InWorker|InSubFrames)?: true/);
  });

  it('3: contexts are isolated', async (t) => {
    await everyPage('contextIsolation', true)(t);
    nowhere(/contextIsolation: false/);
  });

  it('4: every process of a page is sandboxed', async (t) => {
    await everyPage('sandbox', true)(t);
    assert.equal((await running(t)).isSandboxed, true);
    nowhere(/sandbox: false|no-sandbox/);
  });

  it('5: no permission is given, asked for or not, in any session', async (t) => {
    for (const session of (await running(t)).sessions)
      assert.deepEqual(session.permissions(), [false, false, false, null]);
  });

  it('6: web security is on', async (t) => {
    await everyPage('webSecurity', true)(t);
    nowhere(/webSecurity: false/);
  });

  it('7: every document has a policy that begins with nothing', () => {
    for (const policy of [APP_CSP, MESSAGE_CSP]) {
      assert.match(policy, /^default-src 'none'/);
      for (const rule of ["form-action 'none'", "base-uri 'none'", "frame-src 'none'"])
        assert.ok(policy.includes(rule), rule);
      assert.doesNotMatch(policy, /unsafe-eval|https?:|\*/);
    }
    assert.match(APP_CSP, /script-src 'self'; style-src 'self'/);
    assert.match(APP_CSP, /require-trusted-types-for 'script'/);
    assert.doesNotMatch(APP_CSP, /unsafe-inline/);
    assert.match(MESSAGE_CSP, /script-src 'none'.*sandbox/);
    nowhere(/bypassCSP: true/);
  });

  it('8: no insecure content is let through', () => nowhere(/allowRunningInsecureContent/));
  it('9: no experimental features', () => nowhere(/experimentalFeatures/));
  it('10: no features of Blink, no switches of Chromium', () =>
    nowhere(/enableBlinkFeatures|appendSwitch|commandLine/));
  it('11: no popups out of a webview', () => {
    nowhere(/allowpopups/i);
    const page = globSync('electron/renderer/**/*.{ts,tsx,html}').filter((path) =>
      /<webview/i.test(readFileSync(path, 'utf8')),
    );
    assert.deepEqual(page, []);
  });

  it('12: no webview is attached', async (t) => {
    await prevented('will-attach-webview')(t);
    nowhere(/webviewTag/);
  });

  it('13: no page navigates', async (t) => {
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) await prevented(name)(t);
  });

  it('14: no page opens a window', async (t) => {
    for (const { openHandler } of contents(await running(t)))
      assert.deepEqual(openHandler?.({ url: 'file:///' } as never), { action: 'deny' });
  });

  it('15: only web addresses are opened outside, and only in one place', () => {
    assert.deepEqual(pathsWith(/openExternal\(/), ['electron/links.ts']);
    nowhere(/openPath|showItemInFolder/);
    for (const url of [
      'file:///x',
      'smb://x/y',
      'tern-app://app/',
      'javascript:x',
      'data:text/html,x',
      'x',
      'ms-settings:',
    ])
      assert.equal(webAddress(url), null, url);
    assert.equal(webAddress('https://exämple.org/'), 'https://xn--exmple-cua.org/');
  });

  it('16: a supported Electron, pinned', () => {
    const { electron } = packageJson.devDependencies;
    assert.match(electron, /^\d+\.\d+\.\d+$/);
    assert.ok(Number.parseInt(electron, 10) >= 45);
    assert.equal(packagerFor('app', 'out').electronVersion, electron);
  });

  it('17: who sends is looked at, in the one place that answers', () => {
    assert.deepEqual(pathsWith(/ipcMain\b(?!')/), ['electron/electronApi.ts', 'electron/ipc.ts']);
    assert.deepEqual(pathsWith(/\.handle\('tern'/), ['electron/ipc.ts']);
    nowhere(/\.handleOnce\(|ipcMain\.on\(|MessageChannelMain|postMessageToFrame/);
  });

  it('18: pages come over schemes of our own, not from files', async (t) => {
    nowhere(/loadFile|file:\/\/|interceptFileProtocol|registerFileProtocol/);
    const { schemes } = await running(t);
    for (const { privileges } of schemes)
      assert.deepEqual(
        [
          privileges?.standard,
          privileges?.secure,
          privileges?.bypassCSP,
          privileges?.supportFetchAPI,
          privileges?.corsEnabled,
        ],
        [true, true, undefined, undefined, undefined],
      );
  });

  it('19: every fuse is set, and none is left to a default', () => {
    const { RunAsNode, EnableNodeOptionsEnvironmentVariable, EnableNodeCliInspectArguments } = FuseV1Options;
    const closed = [RunAsNode, EnableNodeOptionsEnvironmentVariable, EnableNodeCliInspectArguments];
    for (const fuse of [...closed, FuseV1Options.GrantFileProtocolExtraPrivileges]) assert.equal(FUSES[fuse], false);
    const { OnlyLoadAppFromAsar, EnableEmbeddedAsarIntegrityValidation, EnableCookieEncryption } = FuseV1Options;
    for (const fuse of [OnlyLoadAppFromAsar, EnableEmbeddedAsarIntegrityValidation, EnableCookieEncryption])
      assert.equal(FUSES[fuse], true);
    assert.equal(FUSES.strictlyRequireAllFuses, true);
  });

  it('20: a page has neither ipcRenderer nor its events', async (t) => {
    assert.deepEqual(pathsWith(/contextBridge|ipcRenderer/), ['electron/preload.ts']);
    assert.equal((await bundledPreload()).match(/exposeInMainWorld\(/g)?.length, 1);
    const [window, view] = preferences(await running(t));
    assert.deepEqual([window?.['preload'], view?.['preload']], ['/preload.cjs', undefined]);
  });

  it('and: no developer tools in a package, and no dictionaries from the network', async (t) => {
    // macOS has its own; the checker of a message is off there, too.
    assert.deepEqual((['darwin', 'linux', 'win32'] as const).map(checksSpelling), [true, false, false]);
    const [own, ...messages] = (await running(t)).sessions;
    assert.equal(own?.spellChecker, checksSpelling(process.platform));
    for (const { spellChecker } of messages) assert.equal(spellChecker, false);
    assert.match(shell.map(({ text }) => text).join(), /devTools: !electron\.app\.isPackaged/);
  });

  it('and: nothing is signed, unpacked or published that should not be', () => {
    const { asar, asarUnpack, publish, mac, files } = packagerFor('app', 'out');
    assert.deepEqual([asar, asarUnpack, publish], [true, ['native/**'], null]);
    assert.ok((files as string[]).includes('!**/node_modules/**'));
    assert.equal(mac?.hardenedRuntime, true);
    const rights = readFileSync(mac?.entitlements ?? '', 'utf8').match(/<key>([^<]*)<\/key>/g);
    assert.deepEqual(rights, ['<key>com.apple.security.cs.allow-jit</key>']);
  });
});
