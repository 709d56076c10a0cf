import { dialImap } from '../rawImap.ts';
import { all, type Exchange } from './exchange.ts';
import { normal } from './normal.ts';
import type { Client, Side } from './side.ts';

const six = ['one', 'two', 'three', 'four', 'five', 'six'];

/** Commands of two clients, each after the other's answer; `a` and `b` say whose. */
const between = async (a: Client, b: Client, ...commands: string[]): Promise<Record<string, unknown>> => {
  const answers: Record<string, unknown> = {};
  for (const [index, line] of commands.entries()) {
    answers[`${index} ${line}`] = await (line.startsWith('a ') ? a : b).ask(line.slice(2));
  }
  return answers;
};

const two =
  (mails: string[], ...commands: string[]) =>
  async (side: Side): Promise<unknown> => {
    await side.bring(...mails);
    return between(await side.client(), await side.client(), ...commands);
  };

/** The highest MODSEQ that a client gets told of INBOX. */
const modseqOf = async ({ raw }: Client): Promise<string> => {
  const { lines } = await raw.run('STATUS INBOX (HIGHESTMODSEQ)');
  return /HIGHESTMODSEQ (\d+)/.exec(lines.map(({ text }) => text).join(' '))?.[1] ?? '';
};
const uidValidityOf = async ({ raw }: Client): Promise<string> => {
  const { lines } = await raw.run('STATUS INBOX (UIDVALIDITY)');
  return /UIDVALIDITY (\d+)/.exec(lines.map(({ text }) => text).join(' '))?.[1] ?? '';
};

const twoClients: Exchange[] = [
  [
    'what another client does is told when it may be',
    two(
      six,
      'a SELECT INBOX',
      'b SELECT INBOX',
      'b UID STORE 2 +FLAGS (\\Flagged project)',
      'b UID MOVE 3 Archive',
      'a FETCH 5 UID',
      'a FETCH 3 UID',
      'a FETCH 1:* UID',
      'a STORE 4 +FLAGS (\\Seen)',
      'a SEARCH ALL',
      'a UID SEARCH ALL',
      'a FETCH 1:* UID',
      'b UID COPY 1 INBOX',
      'a NOOP',
      'b STORE 1 +FLAGS.SILENT (\\Deleted)',
      'b EXPUNGE',
      'a UID FETCH 1:* FLAGS',
      'a UID STORE 1 +FLAGS (\\Seen)',
      'a NOOP',
    ),
  ],
  [
    'a mailbox deleted and one renamed while it is selected',
    two([], 'a CREATE Gone', 'a SELECT Gone', 'b RENAME Gone There', 'a NOOP', 'b STATUS There (MESSAGES)'),
  ],
  [
    'a mailbox deleted and renamed by who selected it',
    two(
      [],
      'a CREATE Gone',
      'a CREATE There',
      'a SELECT Gone',
      'a DELETE Gone',
      'a NOOP',
      'a FETCH 1 UID',
      'b SELECT There',
      'b RENAME There Else',
      'b NOOP',
    ),
  ],
  ['a mailbox deleted while another selected it', two([], 'a CREATE Gone', 'a SELECT Gone', 'b DELETE Gone', 'a NOOP')],
  [
    'IDLE',
    async (side) => {
      await side.bring(...six);
      const [a, b] = [await side.client(), await side.client()];
      await a.ask('SELECT INBOX');
      await b.ask('SELECT INBOX');
      const idle = a.raw.ask('IDLE');
      await a.raw.heard(/^\+ /);
      await b.ask('STORE 2 +FLAGS (\\Flagged)');
      const flags = await a.heard(/FETCH/);
      await b.ask('UID COPY 1 INBOX');
      const exists = await a.heard(/EXISTS/);
      await b.ask('UID MOVE 4 Archive');
      const gone = await a.heard(/EXPUNGE/);
      a.raw.write('DONE\r\n');
      return { flags, exists, gone, status: (await idle).status, after: await a.ask('NOOP') };
    },
  ],
];

const searching: Exchange[] = [
  [
    'searches',
    two(
      ['one', 'two', 'nested', 'bare'],
      'a SELECT INBOX',
      'a STORE 1 +FLAGS.SILENT (\\Seen project)',
      'a STORE 2 +FLAGS.SILENT (\\Flagged \\Deleted)',
      ...[
        'ALL',
        '1:2',
        'UID 2:*',
        'SEEN',
        'UNSEEN FLAGGED',
        'NOT SEEN',
        'OR SEEN FLAGGED',
        'KEYWORD project',
        'UNKEYWORD project',
        'DELETED',
        'UNDELETED',
        'SUBJECT two',
        'HEADER Message-ID <one@compare.test>',
        'HEADER X-Odd ""',
        'FROM zoe',
        'TO bob',
        'CC "Z"',
        'TEXT "text of one"',
        'BODY compare.test',
        'SINCE 2-Jan-2026',
        'BEFORE 2-Jan-2026',
        'ON 3-Jan-2026',
        'SENTSINCE 2-Jan-2026',
        'LARGER 500',
        'SMALLER 500',
        '(SEEN) (NOT DELETED)',
        'CHARSET UTF-8 SUBJECT one',
        'NONSENSE',
        'UID 99',
        '9',
      ].map((key) => `a SEARCH ${key}`),
      'a UID SEARCH HEADER Subject long',
      'a UID SEARCH RETURN (MIN MAX COUNT ALL) ALL',
      'a UID SEARCH RETURN () UNSEEN',
      'a SEARCH RETURN (COUNT) SEEN DELETED',
      'a SEARCH RETURN (MIN ALL) SEEN DELETED',
      'a SEARCH MODSEQ 1',
    ),
  ],
];

const sequences: Exchange[] = [
  [
    'CONDSTORE',
    async (side) => {
      await side.bring(...six);
      const [a, b] = [await side.client(), await side.client()];
      const before = await modseqOf(b);
      return between(
        a,
        b,
        'a SELECT INBOX (CONDSTORE)',
        'b SELECT INBOX',
        'a FETCH 1 (FLAGS MODSEQ)',
        'a STORE 2 +FLAGS (\\Seen)',
        'a UID STORE 3 +FLAGS.SILENT (\\Seen)',
        'b STORE 4 +FLAGS (\\Seen)',
        'a NOOP',
        'b NOOP',
      ).then(async (answers) => ({
        ...answers,
        since: await b.ask(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${before})`),
        none: await b.ask(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${await modseqOf(b)})`),
        zero: await b.ask('UID FETCH 1 (FLAGS) (CHANGEDSINCE 0)'),
        refused: await b.ask(`STORE 2:6 (UNCHANGEDSINCE ${before}) +FLAGS (\\Flagged)`),
        uids: await b.ask(`UID STORE 1:6 (UNCHANGEDSINCE ${before}) +FLAGS.SILENT (\\Draft)`),
        silent: await b.ask('UID STORE 1:2 (UNCHANGEDSINCE 99999) +FLAGS.SILENT (\\Draft)'),
        flags: await b.ask('FETCH 1:* FLAGS'),
        vanished: await b.ask('UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)'),
        unready: await b.ask('SELECT INBOX (QRESYNC (1 1))'),
      }));
    },
  ],
  [
    'an expunge moves HIGHESTMODSEQ',
    async (side) => {
      await side.bring(...six);
      const a = await side.client();
      await all(a, 'SELECT INBOX', 'STORE 1:2 +FLAGS.SILENT (\\Deleted)');
      const before = BigInt(await modseqOf(a));
      const answer = await a.ask('EXPUNGE');
      return { answer, moved: BigInt(await modseqOf(a)) > before };
    },
  ],
  [
    'QRESYNC',
    async (side) => {
      await side.bring(...six);
      const [a, b] = [await side.client(), await side.client()];
      const [before, validity] = [await modseqOf(b), await uidValidityOf(b)];
      await all(b, 'SELECT INBOX', 'UID STORE 1 +FLAGS (\\Seen)', 'UID STORE 2,4 +FLAGS.SILENT (\\Deleted)', 'EXPUNGE');
      await all(b, 'UID MOVE 6 Archive');
      const enabled = await a.ask('ENABLE QRESYNC NONSENSE');
      const again = async (parameters: string): Promise<unknown> => {
        const answer = await a.ask(`SELECT INBOX (QRESYNC (${parameters}))`);
        await a.ask('UNSELECT');
        return answer;
      };
      return {
        enabled,
        same: await again(`${validity} ${before}`),
        some: await again(`${validity} ${before} 1:3`),
        matched: await again(`${validity} ${before} 1:6 (1,3,5 1,3,5)`),
        nothing: await again(`${validity} ${await modseqOf(b)}`),
        other: await again(`${Number(validity) + 1} ${before}`),
        ...(await between(
          a,
          b,
          'a SELECT INBOX',
          `a UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${before} VANISHED)`,
          'b UID STORE 3 +FLAGS (\\Deleted)',
          'b UID STORE 5 +FLAGS (\\Flagged)',
          'a NOOP',
          'a EXPUNGE',
          'b NOOP',
          'b UID COPY 1 INBOX',
          'a FETCH 1 UID',
          'a UID MOVE 1 Archive',
          'a UID STORE 5 +FLAGS.SILENT (\\Deleted)',
          'a UID EXPUNGE 5',
          'a SELECT Archive',
          'a CLOSE',
        )),
      };
    },
  ],
];

const entering: Exchange[] = [
  [
    'signing in',
    async ({ account }) => {
      const { dial, username, password } = account;
      const answers: Record<string, unknown> = {};
      const plain = (secret: string) => Buffer.from(`\0${username}\0${secret}`).toString('base64');
      for (const command of [
        `LOGIN ${username} wrong`,
        `LOGIN ${username} "${password}"`,
        `AUTHENTICATE PLAIN ${plain(password)}`,
        `AUTHENTICATE PLAIN ${plain('wrong')}`,
        'AUTHENTICATE NONSENSE',
        'SELECT INBOX',
        'LIST "" "*"',
        'NOOP',
        'LOGOUT',
      ]) {
        const raw = await dialImap(dial);
        answers[command] = normal(await raw.ask(command));
        raw.close();
      }
      const asked = await dialImap(dial);
      const answer = asked.ask('AUTHENTICATE PLAIN');
      await asked.heard(/^\+ /);
      asked.write(`${plain(password)}\r\n`);
      answers['without an initial response'] = normal(await answer);
      answers['twice'] = normal(await asked.ask(`LOGIN ${username} "${password}"`));
      asked.close();
      return answers;
    },
  ],
  [
    'nonsense',
    two(
      [],
      'a NONSENSE',
      'a SELECT',
      'a SELECT INBOX extra',
      'a STATUS INBOX',
      'a LIST ""',
      'a CREATE',
      'a SELECT "INBOX',
      'a SELECT INBOX (NONSENSE)',
      'a LOGOUT extra',
    ),
  ],
];

/** What is asked of both servers with several connections, or of their extensions. */
export const exchangesOfMore: Exchange[] = [...twoClients, ...searching, ...sequences, ...entering];
