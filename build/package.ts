// Packages the desktop program for the system it runs on: `npm run package`, with `-- --dir` for its folder alone.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, Platform } from 'electron-builder';
import { APP, bundleApp, OUT } from './bundle.ts';
import { packagerFor } from './packager.ts';
import { buildRenderer } from './renderer.ts';

const { values } = parseArgs({ options: { dir: { type: 'boolean', default: false } } });
await buildRenderer();
await bundleApp();
const targets = values.dir ? Platform.current().createTarget('dir') : Platform.current().createTarget();
for (const file of await build({ targets, config: packagerFor(APP, join(OUT, 'dist')), publish: 'never' }))
  console.log(file);
