import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright';
import { buildRenderer } from '../../../build/renderer.ts';
import type { Platform } from '../../../src-main/platform.ts';
import { createNodePlatform } from '../../../src-main/platformNode.ts';
import { readShell, startWebHost, type WebHost } from '../../../src-main/web/webHost.ts';
import { type JmapServer, startJmapServer } from '../../servers/jmapServer.ts';
import { cleanUp, dataFolder } from '../../support/host.ts';
import type { Services } from './journey/provider.ts';

/** Tern's window in a browser, on a mail server of its own, and all that it said or asked for. */
export type Window = {
  page: Page;
  host: WebHost;
  server: JmapServer;
  /** What the page wrote to its console, and errors that nobody caught. */
  complaints: string[];
  /** Requests that went anywhere but to the page's own host. */
  elsewhere: string[];
};

/** So long may the slowest machine take for anything that a person waits for, in ms. */
export const PATIENCE = 45_000;

const me = 'alice@example.test';
const SHOTS = fileURLToPath(new URL('../../../build/out/shots', import.meta.url));

const ben = { name: 'Ben Martin', email: 'ben@family.example' };
/** A mail of somebody, by its subject. */
export const mail = (subject: string, text = `About ${subject}.`) => ({ subject, text, from: ben });

/** The window before an account is there. */
export const openWindow = async (
  t: TestContext,
  browser: Browser,
  more: Partial<Platform> = {},
  dataDir = dataFolder(t),
): Promise<Window> => {
  const server = await startJmapServer({ username: me, push: true });
  cleanUp(t, () => server.stop());
  const host = await startWebHost({ ...createNodePlatform(dataDir), ...more }, readShell(await buildRenderer()));
  cleanUp(t, () => host.close());
  const page = await browser.newPage({ viewport: { width: 1360, height: 850 }, colorScheme: 'light' });
  cleanUp(t, () => page.close());
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(host.url).origin) elsewhere.push(request.url());
  });
  page.setDefaultTimeout(PATIENCE);
  await page.goto(host.url);
  return { page, host, server, complaints, elsewhere };
};

/** From the empty address field to the list by the keyboard alone, the servers typed by hand: ports of this machine, without TLS. */
export const typeServers = async (page: Page, email: string, ports: Services): Promise<void> => {
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const type = async (text: string): Promise<void> => {
    await press('ControlOrMeta+a');
    await page.keyboard.type(text);
    await press('Tab');
  };
  await page.getByLabel('Email address').waitFor();
  await page.keyboard.type(email);
  // Past the name and the button that looks for servers, to the one that has them typed.
  await press('Tab', 'Tab', 'Tab', 'Enter');
  await page.getByLabel('IMAP and SMTP').waitFor();
  if (ports.jmap !== undefined) {
    await press('ArrowRight', 'Tab');
    await type(`http://127.0.0.1:${ports.jmap}/.well-known/jmap`);
  } else {
    await press('Tab');
    for (const port of [ports.imaps, ports.submissions]) {
      await type('127.0.0.1');
      await type(String(port));
      await page.keyboard.type('None');
      await press('Tab');
    }
  }
  // Past the choice of a password or a token, which JMAP has, and the user name.
  await press('Tab', ...(ports.jmap === undefined ? [] : ['Tab']));
  await page.keyboard.type('secret');
  await press('Enter');
  await page.getByRole('button', { name: 'Start reading' }).waitFor();
  await press('Enter');
  await page.getByRole('listbox', { name: 'Conversations' }).waitFor();
};

/** Sets the server's account up by the keyboard alone, its servers typed by hand. */
export const setUp = async ({ page, server }: Window): Promise<void> =>
  typeServers(page, me, { jmap: Number(new URL(server.url).port) });

/** Where a password is typed; the choice of it over a token has the same name. */
export const passwordField = (page: Page) =>
  page.getByLabel('Password', { exact: true }).and(page.locator('[type=password]'));

/** The row of a list that holds a text. */
export const row = (page: Page, text: string) => page.locator('#list [role=option]', { hasText: text });

type Finding = { id: string; impact: string; nodes: { target: string[] }[] };

/** What axe finds that is serious or worse, as 'rule: place'. It runs beside the page's policy, in a world of its own. */
export const findings = async (page: Page): Promise<string[]> => {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const run = async (expression: string, awaitPromise = false): Promise<unknown> => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      contextId: executionContextId,
      awaitPromise,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  await run(`${axe.source}; 0`);
  const options = JSON.stringify({ iframes: false, resultTypes: ['violations'] });
  const found = (await run(`axe.run(document, ${options}).then((r) => r.violations)`, true)) as Finding[];
  await session.detach();
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
};

/** Keeps a picture of the page in the folder that TERN_SHOTS names; else among what was built, which git ignores. */
export const shot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['TERN_SHOTS'] ?? SHOTS;
  await page.screenshot({ path: join(folder, `${name}.png`) });
};
