import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInBrowser } from '../../build/openInBrowser.ts';
import { buildRenderer } from '../../build/renderer.ts';
import { createNodePlatform } from '../../src-main/platformNode.ts';
import { readShell, startWebHost, type WebHost } from '../../src-main/web/webHost.ts';
import { deliverSample, sampleMail } from '../servers/jmap/sampleMail.ts';
import { type JmapServer, startJmapServer } from '../servers/jmapServer.ts';
import type { Screen } from './screen.ts';

const email = 'alice@example.test';
const messages = 3_000;

/**
 * Shows the window on a mail server of the demo, in the person's browser, until its page is closed or `signal` aborts; then
 * takes everything away again. `browse`: whether to open the browser, too.
 */
export const openDemo = async (screen: Screen, signal: AbortSignal, browse = true): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tern-demo-'));
  let server: JmapServer | undefined;
  let host: WebHost | undefined;
  try {
    screen.line(screen.paint.bold('Tern demo, in a browser'));
    const files = readShell(await buildRenderer());
    server = await startJmapServer({ username: email, push: true });
    await deliverSample(server, sampleMail(messages, { now: new Date() }));
    host = await startWebHost(createNodePlatform(dataDir), files);
    const { config, credential } = server;
    await host.backend.call({ call: 'accounts.add', input: { email, config, credential } }, signal);
    screen.line(`   ${host.url}`);
    screen.line(
      '   A mail server with made-up mail, and Tern, until the page is closed or Ctrl-C. Nothing of it is kept.',
    );
    if (browse) await openInBrowser(host.url);
    signal.throwIfAborted();
    await Promise.race([host.ended, once(signal, 'abort')]);
  } finally {
    await host?.close();
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
};
