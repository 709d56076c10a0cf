import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** The thread of checkpoints.ts: each message asks for one checkpoint, each answer says that it was tried. */
parentPort?.on('message', () => {
  try {
    // Opened anew each time: an idle connection would be the one that the database's last close waits for.
    const raw = new Database(String(workerData), { fileMustExist: true });
    try {
      raw.pragma('wal_checkpoint(PASSIVE)');
    } finally {
      raw.close();
    }
  } catch {
    // A full disk, for one: the log keeps what was not copied, and the next write tells.
  }
  parentPort?.postMessage(null);
});
