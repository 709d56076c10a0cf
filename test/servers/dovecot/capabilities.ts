/** What a Dovecot is made to lack. `bare` is plain RFC 3501, without any extension. */
export const capabilitySets = ['full', 'noQresync', 'noCondstore', 'noMove', 'noIdle', 'bare'] as const;
export type CapabilitySet = (typeof capabilitySets)[number];

/** All that Dovecot 2.3.19 announces to who signed in. */
const announced =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE'.split(
    ' ',
  );

const taken: Record<CapabilitySet, string[]> = {
  full: [],
  noQresync: ['QRESYNC'],
  noCondstore: ['CONDSTORE', 'QRESYNC'],
  noMove: ['MOVE', 'UIDPLUS'],
  noIdle: ['IDLE', 'NOTIFY'],
  bare: announced.filter((name) => name !== 'IMAP4rev1'),
};

/** The capabilities that a set takes away. */
export const takenBy = (set: CapabilitySet): ReadonlySet<string> => new Set(taken[set]);

/** What is left, as `imap_capability` says it. */
export const leftBy = (set: CapabilitySet): string => announced.filter((name) => !taken[set].includes(name)).join(' ');
