import { setTimeout as sleep } from 'node:timers/promises';
import { commands } from './commands.ts';
import { type Failure, takeFailure } from './faults.ts';
import { bad, Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { type Parts, parseArgs } from './tokens.ts';
import type { LoggedCommand } from './traffic.ts';
import type { Reply } from './verb.ts';
import { report } from './view.ts';

/** The answer that ends a command. */
type Tagged = { status: 'OK' | 'NO' | 'BAD'; text: string; code?: string | null; after?: () => void };

const record = (session: Session, parts: Parts): LoggedCommand => {
  const line = parts.map((part) => (typeof part === 'string' ? part : `{${part.length}}`)).join('');
  const [tag = '', name = '', next = ''] = line.split(' ', 3).map((word) => word.toUpperCase());
  const logged: LoggedCommand = {
    connection: session.number,
    tag: line.slice(0, tag.length),
    verb: name === 'UID' ? `UID ${next}` : name,
    line,
    literals: parts.flatMap((part) => (typeof part === 'string' ? [] : [part.length])),
    status: null,
    bytes: 0,
  };
  session.site.traffic.commands.push(logged);
  return logged;
};

const run = async (session: Session, parts: Parts, { tag, verb }: LoggedCommand): Promise<Reply> => {
  const args = parseArgs(parts, session.enabled.has('UTF8=ACCEPT'));
  args.atom();
  for (let words = verb.split(' ').length; words > 0; words--) args.atom();
  const command = commands.get(verb);
  if (!command) throw bad(`Unknown command ${verb}`);
  const { where, needs } = command;
  if (needs.length > 0 && !needs.some((name) => session.site.capabilities.has(name))) {
    throw bad(`Unknown command ${verb}`);
  }
  if (where === 'fresh' ? session.signedIn : where !== 'any' && !session.signedIn) throw bad('Not in this state');
  if (where === 'selected' && !session.view) throw bad('No mailbox selected');
  return command.run(session, args, { tag, verb, uid: verb.startsWith('UID ') });
};

const attempt = async (session: Session, parts: Parts, logged: LoggedCommand): Promise<Tagged> => {
  try {
    const reply = await run(session, parts, logged);
    return typeof reply === 'string' ? { status: 'OK', text: reply } : { status: 'OK', ...reply };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, text: error.message, code: error.code };
  }
};

/** Ends the connection as the failure says; resolves when that is over. */
const end = async (session: Session, failure: Failure): Promise<void> => {
  session.out.begin();
  if (failure.kind === 'bye') session.bye(failure.text ?? 'Server is shutting down');
  else if (failure.kind !== 'hang') session.destroy();
  await session.closed;
};

const answer = (session: Session, logged: LoggedCommand, tagged: Tagged): void => {
  const { out, site } = session;
  const { faults } = site;
  report(session, !['FETCH', 'STORE', 'SEARCH'].includes(logged.verb));
  for (const alert of faults.alerts.splice(0)) out.write(`* OK [ALERT] ${alert}\r\n`);
  const code = tagged.code == null ? '' : `[${tagged.code}] `;
  out.write(`${logged.tag || '*'} ${tagged.status} ${code}${faults.words ?? tagged.text}\r\n`);
  logged.status = tagged.status;
  logged.bytes = out.written();
  out.flush();
  tagged.after?.();
};

/** Carries out a command, unless the failure comes first; answers how that is told. */
const carryOut = async (
  session: Session,
  parts: Parts,
  logged: LoggedCommand,
  failure: Failure | null,
): Promise<Tagged> => {
  const { faults } = session.site;
  const refusing = failure?.kind === 'no' || failure?.kind === 'bad';
  const wanted = failure === null || failure.kind === 'cut' || failure.done === true;
  await faults.before?.(logged);
  const tagged = wanted ? await attempt(session, parts, logged) : null;
  await faults.after?.(logged);
  if (!refusing && tagged) return tagged;
  const { text = 'Not now', code = null } = refusing ? failure : {};
  return { status: failure?.kind === 'bad' ? 'BAD' : 'NO', text, code };
};

/** Takes one command, and answers it unless what is switched on says otherwise. */
export const obey = async (session: Session, parts: Parts, refusal: Error | null): Promise<void> => {
  const { site, out } = session;
  const { faults } = site;
  const logged = record(session, parts);
  const failure = takeFailure(faults, logged);
  if (faults.slowMs > 0) await sleep(faults.slowMs);
  await Promise.race([faults.hung?.promise, session.closed]);
  if (session.ended) return;
  const silent = failure !== null && ['drop', 'bye', 'hang'].includes(failure.kind);
  const cut = failure?.kind === 'cut' ? failure : null;
  out.begin(cut?.bytes, { silent, stays: cut?.stays ?? false });
  const tagged: Tagged = refusal
    ? { status: 'BAD', text: refusal.message }
    : await carryOut(session, parts, logged, failure);
  if (failure && silent) await end(session, failure);
  else if (!session.ended) answer(session, logged, tagged);
};
