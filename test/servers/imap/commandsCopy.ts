import { chosen } from './chosen.ts';
import { expunged } from './commandsSelect.ts';
import { copy, move } from './entries.ts';
import { mailboxAt } from './mailboxes.ts';
import type { Entry, Mailbox } from './model.ts';
import type { Session } from './session.ts';
import { formatSet } from './sets.ts';
import type { Args } from './tokens.ts';
import { mustWrite, type Named, type Reply, selected, type Verb } from './verb.ts';
import type { View } from './view.ts';

const parse = (session: Session, view: View, args: Args, uid: boolean): { entries: Entry[]; target: Mailbox } => {
  const set = args.atom();
  const path = args.mailbox();
  args.end();
  const entries = chosen(view, set, uid).filter((entry) => !entry.gone);
  return { entries, target: mailboxAt(session.site.account, path, 'TRYCREATE') };
};

/** `COPYUID` (RFC 4315 section 3); null where nothing was copied or the server does not tell. */
const copyUid = ({ site }: Session, from: readonly number[], to: readonly Entry[]): string | null => {
  const [first] = to;
  if (!first || !site.capabilities.has('UIDPLUS')) return null;
  const uids = to.map(({ uid }) => uid);
  return `COPYUID ${first.mailbox.uidValidity} ${formatSet(from)} ${formatSet(uids)}`;
};

const copyCommand = (session: Session, view: View, args: Args, { uid }: Named): Reply => {
  const { entries, target } = parse(session, view, args, uid);
  const copies = entries.map((entry) => copy(session.site.account, entry, target));
  const uids = entries.map((entry) => entry.uid);
  const code = copyUid(session, uids, copies);
  return code === null ? 'Copied' : { text: 'Copied', code };
};

const moveCommand = (session: Session, view: View, args: Args, { uid }: Named): Reply => {
  mustWrite(view);
  const { entries, target } = parse(session, view, args, uid);
  const uids = entries.map((entry) => entry.uid);
  const moved = entries.map((entry) => move(session.site.account, entry, target));
  const code = copyUid(session, uids, moved);
  if (code !== null) session.out.write(`* OK [${code}] Moved UIDs\r\n`);
  return expunged(session, view, 'Moved');
};

/** Copying and moving messages. */
export const copyCommands: Record<string, Verb> = {
  COPY: selected(copyCommand),
  'UID COPY': selected(copyCommand),
  MOVE: selected(moveCommand, 'MOVE'),
  'UID MOVE': selected(moveCommand, 'MOVE'),
};
