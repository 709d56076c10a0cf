import { expandUids, parseUids } from './uids.ts';

/** Where a message is in the mailbox that it was copied or moved to; with its keywords there, if those were read. */
export type Destination = { validity: string; uid: number; keywords?: string[] };

/** The response code COPYUID (RFC 4315 section 3): the UIDVALIDITY there, the UIDs here, the UIDs there. Nothing for others. */
export const copiedUids = ([name, validity = '', from = '', to = '']: readonly string[]): [number, Destination][] => {
  if (name !== 'COPYUID') return [];
  const target = expandUids(parseUids(to));
  return expandUids(parseUids(from)).flatMap((uid, at): [number, Destination][] => {
    const there = target[at];
    return there === undefined ? [] : [[uid, { validity: validity.replace(/^0+/, '') || '0', uid: there }]];
  });
};
