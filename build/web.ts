// `npm run web -- [--data DIR] [--open]`: Tern in a browser of this machine, on the backend that the desktop app uses.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { lockDataDir } from '../src-main/lib/hostLock.ts';
import { createNodePlatform } from '../src-main/platformNode.ts';
import { readShell, startWebHost } from '../src-main/web/webHost.ts';
import { openInBrowser } from './openInBrowser.ts';
import { buildRenderer } from './renderer.ts';

const ownFolder = (): string => {
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/tern-web');
  const base = process.platform === 'win32' ? process.env['LOCALAPPDATA'] : process.env['XDG_DATA_HOME'];
  return join(base ?? join(homedir(), '.local/share'), 'tern-web');
};

const reasons = { gone: 'The page was closed.', idle: 'Nothing was heard from the page for ten minutes.', signal: '' };

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { data: { type: 'string' }, open: { type: 'boolean', default: false } } });
  const files = readShell(await buildRenderer());
  const platform = createNodePlatform(resolve(values.data ?? ownFolder()));
  const unlock = lockDataDir(join(platform.dataDir, 'host.lock'));
  const { promise: stopped, resolve: stop } = Promise.withResolvers<'signal'>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop('signal'));
  try {
    const host = await startWebHost(platform, files);
    console.log(`Tern is ready in a browser of this machine, for one page, until that is closed:\n\n  ${host.url}\n`);
    if (values.open) await openInBrowser(host.url);
    const why = await Promise.race([host.ended, stopped]);
    await host.close();
    console.log(`${reasons[why]} Tern has ended.`.trim());
  } finally {
    unlock();
  }
};

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
