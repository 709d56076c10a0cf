import type { TestContext } from 'node:test';
import { _electron, type Browser, type ElectronApplication, type Page } from 'playwright';
import { APP, bundleApp } from '../../../../build/bundle.ts';
import { electronBinary } from '../../../../build/electronBinary.ts';
import { buildRenderer } from '../../../../build/renderer.ts';
import { readShell, startWebHost } from '../../../../src-main/web/webHost.ts';
import { cleanUp, dataFolder } from '../../../support/host.ts';
import { childrenOf, until } from '../../../support/processes.ts';
import { PATIENCE } from '../window.ts';
import type { Provider } from './provider.ts';

/** A window of Tern that a test sits at. */
export type Desk = {
  page: Page;
  /** Resolves once the text stands in the message that is shown. */
  reads(text: string): Promise<void>;
  /** Process ids of the accounts' workers. */
  workers(): number[];
  /** Whether servers are found by an address in the provider's internet; else they are typed. */
  finds: boolean;
  /** What the page said in its console, and requests that went elsewhere than to where it came from. */
  complaints: string[];
  elsewhere: string[];
};

/** Opens a window on a provider's internet, with an empty data folder. */
export type OpenDesk = (t: TestContext, provider: Provider, scheme: 'light' | 'dark') => Promise<Desk>;

/** Where requests of a page may go: to its own host, whatever the scheme, and nowhere. */
const isOwn = (url: string, own: URL): boolean => {
  const { protocol, host } = new URL(url);
  return (
    protocol === 'data:' || protocol === 'blob:' || (host === own.host && /^(?:http|ws|tern-app):$/.test(protocol))
  );
};

const follow = (page: Page, own: URL) => {
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  const note = (url: string): void => {
    if (!isOwn(url, own)) elsewhere.push(url);
  };
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.setDefaultTimeout(PATIENCE);
  return { complaints, elsewhere };
};

/** In a browser, by the host of `npm run web`. */
export const inBrowser =
  (browser: () => Browser): OpenDesk =>
  async (t, provider, scheme) => {
    const host = await startWebHost(provider.platform(dataFolder(t)), readShell(await buildRenderer()));
    cleanUp(t, () => host.close());
    const page = await browser().newPage({ viewport: { width: 1360, height: 850 }, colorScheme: scheme });
    cleanUp(t, () => page.close());
    const heard = follow(page, new URL(host.url));
    // Chosen before, so that no test waits ten seconds for a message to be sent.
    await page.addInitScript(
      "if (window === top) localStorage.setItem('tern.choices', JSON.stringify({ undoSeconds: 2 }))",
    );
    await page.goto(host.url);
    return {
      page,
      ...heard,
      reads: (text) => page.frameLocator('iframe.body').getByText(text).waitFor(),
      workers: () => provider.workers(),
      finds: true,
    };
  };

/** A message has a view of its own there, beside the page. */
const readsIn = async (app: ElectronApplication, text: string): Promise<void> => {
  await until(`a view that says ${text}`, async () => {
    for (const view of app.windows())
      if (view.url().startsWith('tern-mail:') && (await view.getByText(text).count()) > 0) return true;
    return false;
  });
};

/** Why there is no Electron to test with; null where there is one. */
export const electronMissing = (): string | null =>
  electronBinary() === undefined ? "Electron's binary is not there: npx install-electron" : null;

/** In the desktop program. Nothing lets it into a test's internet: its servers are typed, and have no TLS on this machine. */
export const inElectron: OpenDesk = async (t, _provider, scheme) => {
  await buildRenderer();
  await bundleApp();
  const app = await _electron.launch({
    executablePath: electronBinary() ?? '',
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), APP, `--data=${dataFolder(t)}`],
    colorScheme: scheme,
  });
  cleanUp(t, () => app.close());
  const page = await app.firstWindow();
  const heard = follow(page, new URL(page.url()));
  return {
    page,
    ...heard,
    reads: (text) => readsIn(app, text),
    workers: () => childrenOf(app.process().pid ?? 0, 'node.mojom.NodeService'),
    finds: false,
  };
};
