import type { ImapResponse } from 'imapflow';
import { type Argument, atom, type ImapConnection, uidSet } from './connection.ts';
import { codeTokens, digitsOf, fetchItems, listOf, numberOf, type Token, textOf } from './tokens.ts';
import { parseUids, type UidRange } from './uids.ts';

/** The flags of one message, as the server writes them, and its labels (Gmail); null where they were not told. */
export type FlagsSeen = { uid: number; flags: string[]; labels: string[] | null };

/** What a mailbox was when it was opened. */
export type Selected = {
  validity: string;
  /** UIDNEXT; null where the server did not say. */
  next: number | null;
  exists: number;
  /** HIGHESTMODSEQ as it was before anything was fetched; null where there is none (NOMODSEQ). */
  modseq: string | null;
  /** Flags that can be stored, in lower case, with '\*' where new ones can; null where the server did not say. */
  permanentFlags: ReadonlySet<string> | null;
  /** QRESYNC alone (RFC 7162): what is gone, and the flags that changed since. */
  resync: { vanished: UidRange[]; changed: FlagsSeen[] } | null;
};

/** From where QRESYNC tells what changed, among the UIDs from low to last. */
export type ResyncFrom = { validity: string; modseq: string; low: number; last: number };

/** Opens a mailbox: EXAMINE to read it, SELECT to change it. Mail stays unread either way. */
export const openMailbox = async (
  connection: ImapConnection,
  command: 'EXAMINE' | 'SELECT',
  path: string,
  from: ResyncFrom | null = null,
): Promise<Selected> => {
  const selected: Selected = { validity: '0', next: null, exists: 0, modseq: null, permanentFlags: null, resync: null };
  const vanished: UidRange[] = [];
  const changed: FlagsSeen[] = [];
  // One that fails leaves none open (RFC 9051 section 6.3.2).
  connection.selected = null;
  await connection.run(command, [path, ...parameters(connection, from)], {
    EXISTS: (response) => {
      selected.exists = Number(response.command) || 0;
    },
    OK: (response) => applyCode(selected, response),
    VANISHED: (response) => vanished.push(...vanishedOf(response)),
    FETCH: (response) => changed.push(...flagsOf(response)),
  });
  connection.selected = { path, command, next: selected.next };
  if (selected.validity === '0') selected.modseq = null;
  return { ...selected, resync: from ? { vanished, changed } : null };
};

/**
 * Leaves the mailbox that is open, so that STATUS tells of it what others did: Dovecot answers for the open one what it last
 * showed, also where another mailbox has its name by now. Never by CLOSE, which expunges (docs/sync.md I8). Without UNSELECT
 * (RFC 3691) it is left for INBOX, which is never renamed (RFC 9051 section 6.3.6); that stays open, and up to date.
 */
export const leaveMailbox = async (connection: ImapConnection): Promise<void> => {
  if (connection.selected === null) return;
  if (!connection.has('UNSELECT')) {
    if (connection.selected.path === 'INBOX') await connection.run('NOOP', []);
    else await openMailbox(connection, 'EXAMINE', 'INBOX');
    return;
  }
  await connection.run('UNSELECT', []);
  connection.selected = null;
};

const parameters = (connection: ImapConnection, from: ResyncFrom | null): Argument[] => {
  if (from) {
    const held = uidSet(`${from.low}:${from.last}`);
    return [[atom('QRESYNC'), [atom(from.validity), atom(from.modseq), held]]];
  }
  // Without ENABLE this is what makes the server tell mod-sequences (RFC 7162 section 3.1).
  return connection.has('CONDSTORE') && !connection.enabled('CONDSTORE') ? [[atom('CONDSTORE')]] : [];
};

const applyCode = (selected: Selected, response: ImapResponse): void => {
  const [name, value] = codeTokens(response);
  switch (textOf(name)?.toUpperCase() ?? '') {
    case 'UIDVALIDITY':
      selected.validity = digitsOf(value) ?? '0';
      break;
    case 'UIDNEXT':
      selected.next = numberOf(value);
      break;
    case 'HIGHESTMODSEQ':
      selected.modseq = digitsOf(value);
      break;
    case 'PERMANENTFLAGS':
      selected.permanentFlags = new Set(listOf(value).flatMap((flag) => textOf(flag)?.toLowerCase() ?? []));
      break;
  }
};

/** The UIDs of an untagged VANISHED (RFC 7162 section 3.2.10). */
export const vanishedOf = (response: ImapResponse): UidRange[] => parseUids(textOf(response.attributes?.at(-1)) ?? '');

/** UID and FLAGS of an untagged FETCH; empty for one that lacks either. */
export const flagsOf = (response: ImapResponse): FlagsSeen[] => {
  const items = fetchItems(response);
  const uid = numberOf(items.get('UID'));
  const flags = items.get('FLAGS');
  if (uid === null || !Array.isArray(flags)) return [];
  return [{ uid, flags: flags.flatMap((flag) => textOf(flag) ?? []), labels: labelsOf(items) }];
};

/** X-GM-LABELS among the items of a FETCH; null where it is not. */
export const labelsOf = (items: ReadonlyMap<string, Token>): string[] | null => {
  const labels = items.get('X-GM-LABELS');
  return Array.isArray(labels) ? labels.flatMap((label) => textOf(label) ?? []) : null;
};
