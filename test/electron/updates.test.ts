import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { lookForUpdates } from '../../electron/updater.ts';
import { createLog } from '../../src-main/lib/log.ts';
import { dataFolder } from '../support/host.ts';
import { startProgram } from './world.ts';

describe('updates', () => {
  it('are off in a package that names no feed, and outside of packages', async (t) => {
    const resources = dataFolder(t);
    assert.equal(await lookForUpdates(resources, true, createLog('test')), false);
    writeFileSync(join(resources, 'app-update.yml'), 'provider: generic\nurl: https://updates.example.org\n');
    assert.equal(await lookForUpdates(resources, false, createLog('test')), false);
  });

  it('that cannot be looked for are no reason to leave', async (t) => {
    const resources = dataFolder(t);
    writeFileSync(join(resources, 'app-update.yml'), 'provider: generic\nurl: https://updates.example.org\n');
    // A folder without Electron: nothing is fetched, and nothing can look.
    process.env['ELECTRON_OVERRIDE_DIST_PATH'] = resources;
    Object.assign(process, { resourcesPath: resources });
    t.after(() => {
      delete process.env['ELECTRON_OVERRIDE_DIST_PATH'];
      delete (process as { resourcesPath?: string }).resourcesPath;
    });
    await assert.rejects(lookForUpdates(resources, true, createLog('test')));
    const { stand, page } = await startProgram(t, { isPackaged: true });
    await setImmediate();
    assert.deepEqual([stand.errors, stand.quits], [[], 0]);
    assert.equal((await page.call('app.info')).error, undefined);
  });
});
