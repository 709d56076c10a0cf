import type { Driver } from '../driver/driver.ts';
import { fetchImage } from '../driver/remote.ts';
import { createBodies, type OpenBody } from '../engine/bodies.ts';
import { createBodyKeeper } from '../engine/bodyKeeper.ts';
import { createFiles, type ReadFile } from '../engine/files.ts';
import { createRemoteImages, type ReadRemote } from '../engine/remoteImages.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createRenderer } from '../render/renderer.ts';
import type { Store } from '../store/db.ts';

/** What a person reads of an account: bodies and files. */
export type Reading = {
  openBody: OpenBody;
  readFile: ReadFile;
  readRemote: ReadRemote;
  /** There is time to see to bodies. */
  keep(): void;
  /** Ends what is under way. */
  stop(): Promise<void>;
};

type Parts = {
  account: string;
  store: Store;
  clock: Clock;
  log: Log;
  /** Where files go that a person opens. */
  temp: string;
  reader(signal: AbortSignal): Promise<Driver>;
  emit(name: string, data: unknown): void;
};

/** Reading on an open account. */
export const startReading = ({ temp, emit, ...parts }: Parts): Reading => {
  const { account, store, clock, reader } = parts;
  const renderer = createRenderer({ clock });
  const keeper = createBodyKeeper({ ...parts, renderer });
  const openBody = createBodies({ ...parts, renderer });
  return {
    openBody,
    readRemote: createRemoteImages({
      openBody,
      folder: temp,
      fetchImage: (address, signal) => fetchImage({ clock }, address, signal),
    }),
    readFile: createFiles({
      store,
      renderer,
      reader,
      folder: temp,
      progress: ({ email, ...progress }) => emit('download', { account, email: String(email), ...progress }),
    }),
    keep: () => keeper.keep(),
    stop: async () => {
      await keeper.stop();
      await renderer.close();
    },
  };
};
