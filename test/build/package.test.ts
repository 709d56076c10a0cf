import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { extractAll, listPackage, statFile } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { Arch, build, type Configuration, Platform } from 'electron-builder';
import { BINDING, bundleApp, placeBinding } from '../../build/bundle.ts';
import { FUSES, packagerFor } from '../../build/packager.ts';
import type { CallOutput } from '../../src-shared/contract.ts';
import { createStandIn } from '../electron/standIn.ts';
import { pageOf } from '../electron/world.ts';
import { startImapServer } from '../servers/imapServer.ts';
import { start } from '../servers/jmap/testClient.ts';
import { cleanUp, dataFolder } from '../support/host.ts';
import { until } from '../support/processes.ts';

/** Where Electron keeps its fuses: behind this mark, the version and number of them, then one letter for each, all as built. */
const WIRE = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 9]),
  Buffer.from('101100011'),
]);

/** A folder that looks like an unpacked Electron to the packager. */
const standInDist = (t: TestContext): string => {
  const dist = dataFolder(t);
  for (const folder of ['resources', 'locales']) mkdirSync(join(dist, folder));
  writeFileSync(join(dist, 'electron'), Buffer.concat([Buffer.alloc(1000), WIRE, Buffer.alloc(1000)]));
  chmodSync(join(dist, 'electron'), 0o755);
  for (const name of ['version', 'LICENSE', 'locales/en-US.pak', 'locales/de.pak'])
    writeFileSync(join(dist, name), 'x');
  return dist;
};

const standInPage = (t: TestContext): string => {
  const page = dataFolder(t);
  for (const name of ['index.html', 'app.js', 'app.js.map']) writeFileSync(join(page, name), 'x');
  return page;
};

/** Packages the program into a folder; answers that. */
const packaged = async (t: TestContext): Promise<string> => {
  const [app, output] = [join(dataFolder(t), 'app'), dataFolder(t)];
  await bundleApp(app, standInPage(t));
  const config: Configuration = { ...packagerFor(app, output), electronDist: standInDist(t) };
  await build({ targets: Platform.LINUX.createTarget('dir', Arch.x64), config, publish: 'never' });
  return join(output, 'linux-unpacked');
};

/** All code that a bundled program is made of before it runs: what it imports, and what that imports. */
const loadedAtStart = (app: string, entry: string, seen = new Set<string>()): string => {
  if (seen.has(entry)) return '';
  seen.add(entry);
  const code = readFileSync(join(app, entry), 'utf8');
  const imported = [...code.matchAll(/(?:^|[;}])import(?:\{[^}]*\}from)?"\.\/([\w-]+\.js)"/gm)];
  return code + imported.map(([, name = '']) => loadedAtStart(app, name, seen)).join('');
};

/** Runs the bundled program on a stand-in for Electron, as Electron would: by its entry. */
const runBundle = async (t: TestContext, app: string) => {
  const stand = createStandIn(join(dataFolder(t), 'user'));
  const holder = globalThis as { ternStandIn?: unknown };
  holder.ternStandIn = stand.electron;
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' && context.parentURL?.startsWith(pathToFileURL(app).href)
        ? { url: 'data:text/javascript,export default globalThis.ternStandIn', shortCircuit: true }
        : next(specifier, context),
  });
  const { argv } = process;
  process.argv = [...argv.slice(0, 1), `--data=${dataFolder(t)}`];
  await import(pathToFileURL(join(app, 'main.js')).href);
  process.argv = argv;
  hooks.deregister();
  cleanUp(t, async () => {
    const gone = new Promise((resolve) => stand.app.once('quit', resolve));
    stand.electron.app.quit();
    await gone;
  });
  stand.ready();
  const window = await until('the window', () => stand.windows[0]);
  const page = await pageOf(stand, window, undefined, readFileSync(join(app, 'preload.cjs'), 'utf8'));
  const call = async <T>(name: string, account: string | null, input: object = {}): Promise<T> => {
    const { ok, error } = await page.call(name, account, input);
    assert.equal(error, undefined, name);
    return ok as T;
  };
  return { stand, window, call };
};

describe('the package', () => {
  it('holds what runs and nothing else, and runs', { timeout: 120_000 }, async (t) => {
    const folder = await packaged(t);
    const asar = join(folder, 'resources/app.asar');
    const files = listPackage(asar, { isPack: false }).map((path) => path.slice(1));

    await t.test('bundles, page, migrations and one binding, which alone is unpacked', () => {
      const migrations = readdirSync('migrations').filter((name) => name !== 'schema.sql');
      const bundles = 'main.js preload.cjs worker.js thread.js checkpointThread.js renderer/index.html renderer/app.js';
      const folders = `native renderer migrations package.json licenses.txt icon.png small-icon.png ${BINDING}`;
      const expected = `${bundles} ${folders}`.split(' ').concat(migrations.map((name) => `migrations/${name}`));
      // What several of them share, or what is loaded when it is needed, under a name that tells what is in it.
      const isPiece = (name: string): boolean => /^\w+-[A-Z0-9]{8}\.js$/.test(name);
      assert.deepEqual(files.filter((name) => !isPiece(name)).toSorted(), expected.toSorted());
      const unpacked = files.filter((name) => 'unpacked' in statFile(asar, name, false) && !['native'].includes(name));
      assert.deepEqual(unpacked, [BINDING]);
      assert.deepEqual(readdirSync(join(folder, 'locales')), ['en-US.pak']);
      assert.deepEqual(readdirSync(join(folder, 'resources')).toSorted(), ['app.asar', 'app.asar.unpacked']);
    });

    await t.test('with its fuses as they should be', async () => {
      const wire = (await getCurrentFuseWire(join(folder, 'tern'))) as unknown as Record<string, number>;
      for (const fuse of Object.values(FuseV1Options).filter((each) => typeof each === 'number'))
        assert.equal(wire[fuse], FUSES[fuse] === true ? '1'.charCodeAt(0) : '0'.charCodeAt(0), FuseV1Options[fuse]);
    });

    const app = join(dataFolder(t), 'app');
    extractAll(asar, app);

    await t.test('without maps or paths of this machine, and with the licenses of what is in it', () => {
      for (const name of readdirSync(app).filter((each) => /\.c?js$/.test(each))) {
        const text = readFileSync(join(app, name), 'utf8');
        assert.deepEqual([text.includes('sourceMappingURL'), text.includes(process.cwd())], [false, false], name);
      }
      const licenses = readFileSync(join(app, 'licenses.txt'), 'utf8');
      for (const name of ['better-sqlite3', 'imapflow', 'zod', 'electron-updater', 'parse5'])
        assert.match(licenses, new RegExp(`^${name} \\d`, 'm'));
    });

    await t.test('of which a start loads no library that it may never need, and messages of English alone', () => {
      for (const entry of ['main.js', 'worker.js']) {
        const loaded = loadedAtStart(app, entry);
        assert.match(loaded, /Invalid input: expected/, entry);
        // Of zod's German, nodemailer, imapflow and parse5.
        for (const own of ['ltige Eingabe', 'MailComposer', 'X-GM-LABELS', 'callAdoptionAgency'])
          assert.ok(!loaded.includes(own), `${entry}: ${own}`);
      }
    });

    await t.test('and syncs and renders from there', async (t2) => {
      const { stand, window, call } = await runBundle(t2, app);
      assert.equal(window.options.webPreferences?.preload, join(app, 'preload.cjs'));
      const jmap = await start(t2);
      const imap = await startImapServer();
      t2.after(() => imap.stop());
      for (const server of [jmap, imap]) {
        await server.deliver([{ subject: 'hello', html: '<p onclick="x">Hi</p>' }]);
        const { config, credential } = server;
        const input = { email: 'alice@example.test', config, credential };
        const { account } = await call<CallOutput<'accounts.add'>>('accounts.add', null, input);
        const { result } = await call<CallOutput<'sync.now'>>('sync.now', account.id);
        assert.equal(result, 'ok');
        const { emails } = await call<CallOutput<'emails.list'>>('emails.list', account.id);
        const body = await call<CallOutput<'bodies.get'>>('bodies.get', account.id, { email: emails[0]?.id });
        assert.match(body.html ?? '', /<p>Hi<\/p>/);
      }
      assert.deepEqual([...new Set(stand.forks.map(({ entry }) => entry))], [join(app, 'worker.js')]);
      const response = await stand.defaultSession.request('tern-app://app/index.html');
      assert.equal(response?.status, 200);
    });

    await t.test('its thread for checkpoints, too', async (t2) => {
      const file = join(dataFolder(t2), 'x.sqlite');
      const { default: Database } = await import('better-sqlite3');
      new Database(file).exec('pragma journal_mode = wal; create table t (x)').close();
      const thread = new Worker(join(app, 'checkpointThread.js'), { workerData: file });
      const done = new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject));
      thread.postMessage(null);
      await done;
      await thread.terminate();
    });
  });

  it('is made for each system as people install there, and opens mailto: links and message files', () => {
    const { appId, linux, mac, win, protocols, fileAssociations } = packagerFor('app', 'out');
    const targets = [linux, mac, win].flatMap((system) => system?.target ?? []) as { target: string; arch: string[] }[];
    const both = ['x64', 'arm64'];
    assert.deepEqual(Object.fromEntries(targets.map(({ target, arch }) => [target, arch])), {
      AppImage: both,
      deb: both,
      rpm: both,
      flatpak: ['x64'],
      dmg: ['universal'],
      nsis: both,
    });
    assert.deepEqual(
      [protocols].flat().flatMap((each) => each?.schemes),
      ['mailto'],
    );
    assert.deepEqual(
      [fileAssociations].flat().map((each) => [each?.ext, each?.mimeType]),
      [['eml', 'message/rfc822']],
    );
    assert.match(String(linux?.category), /^Network;Email$/);
    for (const icon of [mac?.icon, win?.icon, `${linux?.icon}/512x512.png`])
      assert.ok(existsSync(icon ?? ''), icon ?? '');
    assert.equal(appId, 'app.tern.Tern');
  });

  it('has the binding of its target', (t) => {
    const app = dataFolder(t);
    const magic: [target: string, beginning: string, at: number, machine: string][] = [
      ['linux-x64', '7f454c46', 18, '3e00'],
      ['linux-arm64', '7f454c46', 18, 'b700'],
      ['darwin-x64', 'cffaedfe', 4, '0700'],
      ['darwin-arm64', 'cffaedfe', 4, '0c00'],
    ];
    for (const [target, beginning, at, machine] of magic) {
      placeBinding(app, target);
      const bytes = readFileSync(join(app, BINDING));
      assert.equal(bytes.toString('hex', 0, 4), beginning, target);
      assert.equal(bytes.toString('hex', at, at + 2), machine, target);
    }
    for (const [target, machine] of [
      ['win32-x64', '6486'],
      ['win32-arm64', '64aa'],
    ] as const) {
      placeBinding(app, target);
      const bytes = readFileSync(join(app, BINDING));
      const header = bytes.readUInt32LE(0x3c);
      assert.equal(
        bytes.toString('latin1', header, header + 2) + bytes.toString('hex', header + 4, header + 6),
        `PE${machine}`,
      );
    }
  });
});
