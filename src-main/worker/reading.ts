import type { Driver } from '../driver/driver.ts';
import { postOneClick } from '../driver/oneClick.ts';
import { fetchImage } from '../driver/remote.ts';
import type { WebPolicy } from '../driver/web.ts';
import { createAttached } from '../engine/attached.ts';
import { createBodies, type OpenedBody } from '../engine/bodies.ts';
import { createBodyKeeper } from '../engine/bodyKeeper.ts';
import { createFileJobs } from '../engine/fileJobs.ts';
import { createFiles, type ReadFile } from '../engine/files.ts';
import { createRemoteImages, type ReadRemote } from '../engine/remoteImages.ts';
import { createUnsubscribe, type Unsubscribe } from '../engine/unsubscribe.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createRenderer, type Renderer } from '../render/renderer.ts';
import type { Store } from '../store/db.ts';

/** What a person reads of an account: bodies and files. */
export type Reading = {
  /** The body of an email by its local id, or of the message that is this part of it. */
  openBody: (email: number, options: BodyOptions, signal: AbortSignal) => Promise<OpenedBody>;
  readFile: ReadFile;
  readRemote: ReadRemote;
  unsubscribe: Unsubscribe;
  renderer: Renderer;
  /** There is time to see to bodies. */
  keep: () => void;
  /** Resolves when nobody sees to bodies. */
  idle: () => Promise<void>;
  /** Ends what is under way. */
  stop(): Promise<void>;
};

type BodyOptions = { part?: string | undefined; remoteContent: boolean };

type Parts = {
  account: string;
  store: Store;
  clock: Clock;
  log: Log;
  /** Where files go that a person opens. */
  temp: string;
  reader: (signal: AbortSignal) => Promise<Driver>;
  /** Resolves when nobody is at work with the account (`Attention.quiet`). */
  quiet: (signal: AbortSignal) => Promise<void>;
  emit: (name: string, data: unknown) => void;
  /** What addresses of mail may lead to; tests bring their own. */
  policy?: WebPolicy;
};

/** Reading on an open account. */
export const startReading = ({ temp, emit, ...parts }: Parts): Reading => {
  const { account, store, clock, reader, policy } = parts;
  const web = policy ? { policy } : {};
  const renderer = createRenderer({ clock });
  const keeper = createBodyKeeper({ ...parts, renderer });
  const openEmail = createBodies({ ...parts, renderer });
  const jobs = createFileJobs();
  const readFile = createFiles({
    store,
    jobs,
    renderer,
    reader,
    folder: temp,
    progress: ({ email, ...progress }) => emit('download', { account, email: String(email), ...progress }),
  });
  const attached = createAttached({ ...parts, renderer, jobs, readFile, folder: temp });
  const remote = createRemoteImages({
    folder: temp,
    fetchImage: (address, signal) => fetchImage({ clock, ...web }, address, signal),
  });
  return {
    openBody: async (email, { part, remoteContent }, signal) => {
      const body = await (part === undefined
        ? openEmail(email, { remoteContent }, signal)
        : attached.open(email, part, remoteContent, signal));
      if (remoteContent) remote.opened(email, part ?? null, body.remote);
      return body;
    },
    readFile: attached.readFile,
    readRemote: remote.read,
    unsubscribe: createUnsubscribe({
      account,
      store,
      readFile,
      post: (address, signal) => postOneClick({ clock, ...web }, address, signal),
    }),
    renderer,
    keep: () => keeper.keep(),
    idle: () => keeper.idle(),
    stop: async () => {
      await keeper.stop();
      await renderer.close();
    },
  };
};
