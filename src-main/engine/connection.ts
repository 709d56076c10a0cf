import { TernError } from '../../src-shared/errors.ts';
import type { Driver, Traffic } from '../driver/driver.ts';
import { throwIfAborted } from '../lib/async.ts';
import type { Store } from '../store/db.ts';
import { moveCursor, readCursors } from '../store/syncState.ts';

/** The account's driver, made when it is needed and thrown away after a failure. */
export type Connection = {
  /** The driver, connected and signed in. */
  open(signal: AbortSignal): Promise<Driver>;
  /** The driver while it is open; null otherwise. */
  opened(): Driver | null;
  /** Waits for a hint of the server's, as `Driver.watch` does; throws where there is no connection. */
  watch(signal: AbortSignal): Promise<number>;
  /** As `Driver.hears` says. */
  hears(): boolean;
  /** As `Driver.probe` does. */
  probe(): void;
  close(): Promise<void>;
  /** What the present driver sent and received; nothing when there is none. */
  traffic(): Traffic;
};

/** What the driver wants to find again at its next start, among the cursors. */
const SESSION = 'session';

/** A connection that asks `createDriver` for a new driver on the account's present configuration and credential. */
export const createConnection = (store: Store, createDriver: () => Promise<Driver>): Connection => {
  let driver: Driver | undefined;
  let isOpen = false;
  return {
    open: async (signal) => {
      driver ??= await createDriver();
      throwIfAborted(signal);
      const saved = store.read(readCursors)[SESSION] ?? null;
      const session = await driver.open(saved, signal);
      isOpen = true;
      if (session !== saved) store.write((tx) => void moveCursor(tx, SESSION, saved, session));
      return driver;
    },
    opened: () => (isOpen ? (driver ?? null) : null),
    watch: async (signal) => {
      if (!driver) throw new TernError('network', 'not connected');
      return driver.watch(signal);
    },
    hears: () => driver?.hears() ?? false,
    probe: () => driver?.probe(),
    close: async () => {
      const old = driver;
      driver = undefined;
      isOpen = false;
      await old?.close();
    },
    traffic: () => driver?.traffic() ?? { roundTrips: 0, bytes: 0 },
  };
};
