import type { TestContext } from 'node:test';
import pino from 'pino';
import type { WebPolicy } from '../../src-main/driver/web.ts';
import { type Reading, startReading } from '../../src-main/worker/reading.ts';
import { temporaryFolder } from './storeProcess.ts';
import type { EngineWorld } from './worldEngine.ts';

type AnyWorld = Pick<EngineWorld<never, never>, 'store' | 'clock' | 'engine' | 'until' | 'onEnd'>;

/** Reading on a world's replica, as its worker does it; it ends with the world. */
export type WorldReading = Reading & {
  /** Where files are put. */
  folder: string;
  /** What was told of files under way. */
  told: { name: string; data: unknown }[];
  /** Opens the body of the email of that subject. */
  open(subject: string, remoteContent?: boolean): ReturnType<Reading['openBody']>;
  /** The local id of the email of that subject. */
  email(subject: string): number;
  /** Sees to bodies until every email is in one of these states of `emails.body_state`. */
  keepUntil(...states: number[]): Promise<void>;
  /** How many emails are in each state. */
  states(): Record<number, number>;
};

/** Starts reading on a world; `policy`: what addresses of mail lead to. */
export const readingOn = (t: TestContext, w: AnyWorld, policy?: WebPolicy): WorldReading => {
  const folder = `${temporaryFolder(t)}/temp`;
  const told: WorldReading['told'] = [];
  const reading = startReading({
    account: 'world',
    store: w.store,
    clock: w.clock,
    log: pino({ level: 'silent' }),
    temp: folder,
    reader: (signal) => w.engine.reader(signal),
    quiet: async () => undefined,
    emit: (name, data) => void told.push({ name, data }),
    ...(policy ? { policy } : {}),
  });
  w.onEnd(() => reading.stop());
  const rows = <Row>(sql: string, ...values: string[]): Row[] => w.store.read((db) => db.all<Row>(sql, ...values));
  const states = (): Record<number, number> =>
    Object.fromEntries(
      rows<{ body_state: number; n: number }>('SELECT body_state, count(*) AS n FROM emails GROUP BY body_state').map(
        ({ body_state, n }) => [body_state, n],
      ),
    );
  const email = (subject: string): number =>
    rows<{ id: number }>('SELECT id FROM emails WHERE subject = ?', subject)[0]?.id ?? 0;
  return {
    ...reading,
    folder,
    told,
    email,
    states,
    open: (subject, remoteContent = false) =>
      reading.openBody(email(subject), { remoteContent }, new AbortController().signal),
    keepUntil: async (...wanted) => {
      reading.keep();
      await w.until(
        () => Object.keys(states()).every((state) => wanted.includes(Number(state))),
        `bodies in the states ${wanted.join(', ')}`,
      );
    },
  };
};
