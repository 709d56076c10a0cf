import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TernError } from '../../src-shared/errors.ts';
import { type Backend, createBackend } from '../backend.ts';
import type { Platform } from '../platform.ts';
import { createDoor } from './door.ts';
import { createHostAnswers } from './hostAnswers.ts';
import { serveLine } from './line.ts';
import { createLinkBook } from './linkBook.ts';
import { type ShellFiles, startServer } from './server.ts';
import { createTickets } from './tickets.ts';

/** Tern in a browser of this machine. */
export type WebHost = {
  /** What a person opens; the token in its fragment is good for one page, once. */
  url: string;
  /** What is behind the page. */
  backend: Backend;
  /** Why it is over: its page is gone, or nothing was heard of it for ten minutes. */
  ended: Promise<'gone' | 'idle'>;
  close(): Promise<void>;
};

/** The built shell in `folder`. Throws `notFound` where it was not built. */
export const readShell = (folder: string): ShellFiles => {
  try {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    return new Map(
      names.map((name) => {
        const path = name === 'index.html' ? '/' : `/${name.replaceAll('\\', '/')}`;
        return [path, { name, bytes: readFileSync(join(folder, name)) }];
      }),
    );
  } catch (error) {
    throw new TernError('notFound', `there is no built page in ${folder}`, { cause: error });
  }
};

/** Whether this code runs within an app that was packaged for people: there the window is the only way in. */
export const isPackaged = (versions: Record<string, string | undefined>, from: string): boolean =>
  versions['electron'] !== undefined || /\.asar(?:[/\\]|$)/.test(from);

/** The platform, for callers that a person does not trust with files of this machine. */
const withoutPaths = (platform: Platform): Platform => ({ ...platform, takesPaths: false });

/**
 * Starts a backend, and serves the shell and its line on a port of 127.0.0.1 that is free. One page may use it; see
 * docs/web.md. Throws `forbidden` in a packaged app.
 */
export const startWebHost = async (platform: Platform, files: ShellFiles): Promise<WebHost> => {
  if (isPackaged(process.versions, import.meta.url))
    throw new TernError('forbidden', 'a packaged app has a window: it does not serve its page to browsers');
  const tickets = createTickets();
  const links = createLinkBook();
  let where = '';
  const door = createDoor(platform.clock, (socket) => serveLine(socket, backend, answers));
  const backend: Backend = createBackend(withoutPaths(platform), (event, data) =>
    door.tell({ event, account: (data as { account?: string }).account ?? null, data }),
  );
  const answers = createHostAnswers(backend, tickets, links, () => where);
  const server = await startServer({ files, tickets, links, door }).catch(async (error: unknown) => {
    door.close();
    await backend.close();
    throw error;
  });
  where = server.here;
  return {
    url: `http://${where}/#${door.token}`,
    backend,
    ended: door.ended,
    close: async () => {
      door.close();
      await Promise.all([server.close(), backend.close()]);
    },
  };
};
