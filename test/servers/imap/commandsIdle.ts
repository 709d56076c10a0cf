import { bad } from './refusal.ts';
import type { Session } from './session.ts';
import { type Reply, signedIn, type Verb } from './verb.ts';
import { report } from './view.ts';

/** IDLE (RFC 2177): tells at once what happens, until the client says DONE. */
const idle = async (session: Session): Promise<Reply> => {
  const { out, reader, site } = session;
  out.write('+ idling\r\n');
  let due = false;
  const tell = (): void => {
    due = false;
    if (!session.stirred) return;
    report(session, true);
    out.flush();
  };
  session.stirred = () => {
    if (due || site.faults.deafIdle) return;
    due = true;
    queueMicrotask(tell);
  };
  if (!site.faults.deafIdle) report(session, true);
  out.flush();
  const line = await reader.line();
  session.stirred = null;
  if (line?.toUpperCase() !== 'DONE') throw bad('Expected DONE');
  return 'Idle completed';
};

/** Waiting for what happens. */
export const idleCommands: Record<string, Verb> = { IDLE: signedIn(idle, 'IDLE') };
