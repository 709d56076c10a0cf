import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const openers: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** How long the page that leads on stays there, in ms. */
const LEAD_MS = 30_000;

/**
 * Opens an address in the person's browser. A command line can be read by everybody on the machine, and the address holds a
 * secret: so the browser is given a private file that leads there.
 */
export const openInBrowser = async (url: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-open-'));
  const path = join(folder, 'tern.html');
  const away = (): void => rmSync(folder, { recursive: true, force: true });
  writeFileSync(path, `<!DOCTYPE html><meta http-equiv="refresh" content="0;url=${url}"><title>Tern</title>`, {
    mode: 0o600,
  });
  process.once('exit', away);
  setTimeout(away, LEAD_MS).unref();
  const [command, ...words] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...words, pathToFileURL(path).href], { stdio: 'ignore', detached: true });
  child.once('error', () => console.log('No browser could be opened: open the address above yourself.'));
  child.unref();
};
