import type { Message } from '../cyrus/message.ts';
import { type RawImap } from './rawImap.ts';
import { expandSet } from './rawImapLines.ts';

/** How many messages one MULTIAPPEND takes: more gain nothing. */
export const APPEND_BATCH = 50;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A `date-time` (RFC 3501 section 9), in UTC and whole seconds. */
const dateTime = (at: Date): string => {
  const iso = at.toISOString();
  return `${iso.slice(8, 10)}-${months[at.getUTCMonth()] ?? ''}-${iso.slice(0, 4)} ${iso.slice(11, 19)} +0000`;
};

/** Appends in MULTIAPPENDs (RFC 3502) to a mailbox by its name on the wire; answers the UIDs it gave, in order. */
export const append = async (imap: RawImap, mailbox: string, messages: Message[]): Promise<number[]> => {
  const uids: number[] = [];
  for (let at = 0; at < messages.length; at += APPEND_BATCH) {
    const pieces = messages
      .slice(at, at + APPEND_BATCH)
      .flatMap(({ raw, flags, at: date }) => [` (${flags.join(' ')}) "${dateTime(date)}" `, raw]);
    const { text } = await imap.run(`APPEND ${mailbox}`, ...pieces);
    const set = /\[APPENDUID \d+ ([\d:,]+)\]/.exec(text)?.[1];
    if (set === undefined) throw new Error(`APPEND answered no UIDs: ${text}`);
    uids.push(...expandSet(set));
  }
  return uids;
};
