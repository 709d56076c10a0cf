import { deepStrictEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layerErrors, readSources } from '../../build/check-layers.ts';

const errorsOf = (path: string, text: string): string[] => layerErrors([{ path, text }]);

/** Asserts that the snippet breaks one rule there, and none where it is at home. */
const caught = (text: string, where: string, home: string, names: RegExp): void => {
  const errors = errorsOf(where, text);
  deepStrictEqual(errors.length, 1, `${where}: ${text}: ${errors.join('; ')}`);
  ok(names.test(errors[0] ?? ''), errors[0]);
  deepStrictEqual(errorsOf(home, text), []);
};

describe('the import table', () => {
  const breaches: [from: string, specifier: string][] = [
    ['src-shared/model.ts', 'node:fs'],
    ['src-shared/model.ts', '../src-main/lib/clock.ts'],
    ['src-main/lib/clock.ts', 'zod'],
    ['src-main/lib/clock.ts', '../rpc/port.ts'],
    ['src-main/rpc/rpc.ts', '../app/router.ts'],
    ['src-main/mime/parse.ts', 'nodemailer/lib/mail-composer'],
    ['src-main/driver/jmap/pull.ts', '../../store/db.ts'],
    ['src-main/driver/jmap/pull.ts', 'imapflow'],
    ['src-main/driver/imap/pull.ts', 'tldts'],
    ['src-main/driver/driver.ts', '../engine/engine.ts'],
    ['src-main/store/emails.ts', 'better-sqlite3'],
    ['src-main/store/emails.ts', '../driver/driver.ts'],
    ['src-main/engine/engine.ts', '../driver/jmap/client.ts'],
    ['src-main/engine/engine.ts', '../rpc/rpc.ts'],
    ['src-main/worker.ts', './app/router.ts'],
    ['src-main/app/router.ts', '../store/db.ts'],
    ['src-main/app/router.ts', '../engine/engine.ts'],
    ['src-main/app/router.ts', '../driver/driver.ts'],
    ['src-main/app/router.ts', '../platformNode.ts'],
    ['src-main/backend.ts', './store/db.ts'],
    ['src-main/headless.ts', './app/router.ts'],
    ['src-main/platformNode.ts', 'electron'],
    ['electron/main.ts', '../src-main/app/router.ts'],
    ['electron/renderer/view.ts', 'electron'],
    ['electron/renderer/view.ts', 'node:fs'],
    ['electron/renderer/view.ts', '../../src-main/backend.ts'],
  ];
  for (const [from, specifier] of breaches) {
    it(`keeps ${specifier} out of ${from}`, () => {
      const [error, ...more] = errorsOf(from, `import { x } from '${specifier}';`);
      deepStrictEqual(more, []);
      ok(/: imports .+, which .+ may not$/.test(error ?? ''), error ?? 'nothing was said');
    });
  }

  it('allows what it lists', () => {
    deepStrictEqual(errorsOf('src-main/engine/apply.ts', `import { x } from '../driver/driver.ts';`), []);
    deepStrictEqual(errorsOf('src-main/store/db.ts', `import Database from 'better-sqlite3';`), []);
    deepStrictEqual(errorsOf('src-main/headless.ts', `import { x } from './platformNode.ts';`), []);
    deepStrictEqual(errorsOf('src-main/worker/account.ts', `import { x } from '../engine/engine.ts';`), []);
  });

  it('sees every form of import', () => {
    const forms = [
      `import 'electron';`,
      `import type { App } from 'electron';`,
      `import {\n  type App,\n  app,\n} from "electron";`,
      `import * as electron from 'electron';`,
      `export { app } from 'electron';`,
      `const electron = await import('electron');`,
      `type App = import('electron').App;`,
      `const electron = require('electron');`,
      `const text = /['"\`]/.test(line) ? '' : '//';\nimport { app } from 'electron';`,
    ];
    for (const form of forms) deepStrictEqual(errorsOf('src-main/backend.ts', form).length, 1, form);
  });

  it('does not take comments and strings for imports', () => {
    const text = `// import 'electron';\n/* export * from 'electron' */\nconst x = { 'do.import': run('electron') };`;
    deepStrictEqual(errorsOf('src-main/backend.ts', text), []);
  });

  it('wants a row for every file', () => {
    ok(/has no row/.test(errorsOf('src-main/misc/x.ts', '')[0] ?? ''));
  });
});

describe('the laws that a text shows', () => {
  it('keeps SQL in the store', () => {
    const statements = [
      `const q = 'SELECT id FROM emails';`,
      'const q = `select id\n from ${table}`;',
      `const q = "insert or ignore into emails values (1)";`,
      `run('UPDATE emails SET size = 1');`,
      `run('delete from emails');`,
      `run('PRAGMA user_version');`,
      `run('create virtual table search using fts5(text)');`,
      `const clause = ' AND id IN (SELECT email FROM email_mailboxes)';`,
    ];
    for (const text of statements) caught(text, 'src-main/engine/apply.ts', 'src-main/store/emails.ts', /holds SQL/);
    deepStrictEqual(errorsOf('src-main/engine/apply.ts', `log('select a mailbox, then update the list');`), []);
  });

  it('keeps fetch in its four places', () => {
    for (const text of [
      'const r = await fetch(url);',
      'use(fetch(url))',
      'const go = fetch;',
      'globalThis.fetch(url)',
    ]) {
      caught(text, 'src-main/driver/imap/client.ts', 'src-main/driver/jmap/client.ts', /uses fetch/);
    }
  });

  it('knows the verb of the drivers from the global fetch', () => {
    const verb =
      'type Driver = { fetch(ids: string[]): void };\nawait driver.fetch(ids);\nreturn { open, fetch, close };';
    deepStrictEqual(errorsOf('src-main/engine/body.ts', verb), []);
  });

  it('keeps sockets in drivers, discovery and OAuth', () => {
    for (const name of ['node:net', 'node:tls', 'node:http', 'node:https', 'node:http2']) {
      caught(
        `import { x } from '${name}';`,
        'src-main/app/router.ts',
        'src-main/driver/smtp/client.ts',
        /opens sockets/,
      );
    }
    deepStrictEqual(errorsOf('src-main/app/discovery/srv.ts', `import { connect } from 'node:tls';`), []);
  });

  it('keeps time and chance behind the clock', () => {
    const uses = [
      'setTimeout(run, 5);',
      'const t = setInterval(run, 5);',
      'const now = Date.now();',
      'const now = new Date();',
      'const now = new Date;',
      'const x = Math.random();',
      `import { randomUUID } from 'node:crypto';`,
      'const id = crypto.randomUUID();',
      `import { setImmediate } from 'node:timers/promises';`,
      'const text = `at ${Date.now()}`;',
    ];
    for (const text of uses) caught(text, 'src-main/engine/engine.ts', 'src-main/platformNode.ts', /time or chance/);
    deepStrictEqual(errorsOf('src-main/engine/engine.ts', 'const at = new Date(clock.now()).toISOString();'), []);
  });

  it('keeps the other SQLite and computed imports out', () => {
    ok(/opens SQLite/.test(errorsOf('src-main/store/db.ts', `import { x } from 'node:sqlite';`)[0] ?? ''));
    ok(/computed path/.test(errorsOf('src-main/backend.ts', 'await import(path);')[0] ?? ''));
  });

  it('refuses default exports and barrels', () => {
    ok(/default export/.test(errorsOf('src-main/lib/x.ts', 'export default 1;')[0] ?? ''));
    ok(/default export/.test(errorsOf('src-main/lib/x.ts', 'export { x as default };')[0] ?? ''));
    ok(/barrel/.test(errorsOf('src-main/lib/x.ts', `export * from './clock.ts';`)[0] ?? ''));
    ok(/barrel/.test(errorsOf('src-main/lib/index.ts', `export { x } from './clock.ts';`)[0] ?? ''));
  });
});

describe('the tree as it is', () => {
  it('holds the table and the laws', () => {
    deepStrictEqual(layerErrors(readSources()), []);
  });
});
