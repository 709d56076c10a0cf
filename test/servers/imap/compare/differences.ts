/** A way in which Dovecot differs from the server in process, and who of them does what the RFC says. */
export type Difference = {
  /** Matches the exchange and the path of the leaf that differs, as `exchange > path`. */
  where: RegExp;
  dovecot: string;
  ours: string;
  /** Section of RFC 3501, or of the RFC it names. */
  rfc: string;
  /** `both`: the RFC leaves it open. */
  right: 'dovecot' | 'ours' | 'both';
};

/** Everything that Dovecot 2.3.19 was seen to do otherwise. What is not listed here must be the same. */
export const differences: Difference[] = [
  {
    where: /(SELECT|EXAMINE) .*\.lines\.\["OK","HIGHESTMODSEQ/,
    dovecot: 'HIGHESTMODSEQ only to clients that showed they know CONDSTORE',
    ours: 'HIGHESTMODSEQ to everyone',
    rfc: '7162 3.1.2.1',
    right: 'ours',
  },
  {
    where: /(SELECT|STATUS) (Nowhere|Job)\b.*\.code$/,
    dovecot: 'no response code where there is no such mailbox, but for commands that change it',
    ours: 'NONEXISTENT',
    rfc: '5530 3',
    right: 'both',
  },
  {
    where: /^a mailbox opened for reading > \d (STORE|EXPUNGE|UID EXPUNGE|UID MOVE)\b.*\.(status|code)$/,
    dovecot: 'OK, and ignores what would change a mailbox that was examined',
    ours: 'NO [READ-ONLY]',
    rfc: '6.3.2',
    right: 'both',
  },
  {
    where: /^a mailbox opened for reading > (4 UID MOVE 1 Archive|5 FETCH 1 BODY\[TEXT\])\.lines\./,
    dovecot: 'moves a message out of a mailbox that was examined',
    ours: 'does not',
    rfc: '6.3.2',
    right: 'ours',
  },
  {
    where: /^mailboxes made, renamed and deleted > 17 LIST .*"Job"\]$/,
    dovecot: 'a name that held others stays after them',
    ours: 'it goes with the last of them',
    rfc: '6.3.4',
    right: 'both',
  },
  {
    where: /> 19 DELETE INBOX\.code$/,
    dovecot: 'no response code',
    ours: 'CANNOT',
    rfc: '5530 3',
    right: 'both',
  },
  {
    where: /> 20 CREATE INBOX\.(status|code)$/,
    dovecot: 'OK',
    ours: 'NO [ALREADYEXISTS]',
    rfc: '6.3.3',
    right: 'ours',
  },
  {
    where: /> 5 CREATE "broken &x"\.code$/,
    dovecot: 'no response code',
    ours: 'CANNOT',
    rfc: '5530 3',
    right: 'both',
  },
  {
    where: /^sections > 4 UID FETCH 1:3 BODY\.PEEK\[1\]\.lines\.\[2/,
    dovecot: 'counts the line break before a boundary to a multipart that ends there',
    ours: 'counts it to the boundary',
    rfc: '2046 5.1.1',
    right: 'ours',
  },
  {
    where: /^sections > \d+ .*"BODY\[[\d.A-Z]+\]":(""|null|"AAECAw==")/,
    dovecot: 'an empty string for a part that is not there; part 2.1 of a leaf is the leaf',
    ours: 'NIL',
    rfc: '6.4.5',
    right: 'both',
  },
  {
    where: /BODY\.PEEK\[\]<0>/,
    dovecot: 'takes an octet without a count',
    ours: 'BAD',
    rfc: '9, section of BODY.PEEK',
    right: 'ours',
  },
  {
    where: /^flags > (4 STORE 1 -FLAGS|7 STORE 1 \+FLAGS \(PROJECT\))/,
    dovecot: 'no FETCH response where the flags were so already',
    ours: 'one for each message',
    rfc: '6.4.6',
    right: 'both',
  },
  {
    where: /^what another client does .* > [56] a FETCH .*\.(status|code|lines\.\[3,"FETCH",\{"UID":"3"\}\])$/,
    dovecot: 'still has a message that was expunged a moment ago',
    ours: 'NO [EXPUNGEISSUED], and the other messages',
    rfc: '2180 4.1',
    right: 'both',
  },
  {
    where: /^what another client does .* > ([89] a (UID )?SEARCH|15 a UID FETCH)/,
    dovecot: 'finds and fetches what was expunged a moment ago',
    ours: 'does not',
    rfc: '2180 4.1',
    right: 'both',
  },
  {
    where: /^a mailbox deleted and (one renamed while it is selected > 3 a|renamed by who selected it > 8 b) NOOP/,
    dovecot: 'hangs up on whoever selected a mailbox that was renamed',
    ours: 'goes on under the new name',
    rfc: '6.3.5',
    right: 'both',
  },
  {
    where: /^searches > 21 a SEARCH BODY compare\.test\./,
    dovecot: 'does not look into the headers of parts',
    ours: 'looks at everything behind the header',
    rfc: '6.4.4',
    right: 'both',
  },
  {
    where: /^CONDSTORE > silent\.lines\.\[1,"FETCH"/,
    dovecot: 'after a conditional STORE, the MODSEQ of those messages alone that changed',
    ours: 'of each that was stored to',
    rfc: '7162 3.1.3',
    right: 'ours',
  },
  {
    where: /> (unready|7 a SELECT INBOX \(NONSENSE\))\.lines\.\["OK","CLOSED"\]$/,
    dovecot: 'closes what was selected before it looks at the parameters',
    ours: 'leaves it selected when the command is BAD',
    rfc: '7162 3.2.11',
    right: 'both',
  },
  {
    where: /^QRESYNC > 8 a FETCH 1 UID\.code$/,
    dovecot: 'tells HIGHESTMODSEQ with the end of any command that tells of changes',
    ours: 'with the end of those that expunge',
    rfc: '7162 3.2.7',
    right: 'both',
  },
  {
    where: /> AUTHENTICATE NONSENSE\.code$/,
    dovecot: 'ALERT',
    ours: 'CANNOT',
    rfc: '5530 3',
    right: 'both',
  },
  {
    where: /> 2 a SELECT INBOX extra/,
    dovecot: 'overlooks an argument too many',
    ours: 'BAD',
    rfc: '9',
    right: 'ours',
  },
];
