import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import iconv from 'iconv-lite';
import type { MailServer } from './mailServer.ts';

const program = '/usr/bin/mbsync';

/** Null when mbsync is there, else the plain reason why not. */
export const mbsyncAvailable = (): string | null =>
  existsSync(program) ? null : `${program} is missing: apt-get install isync`;

/**
 * A message in mbsync's Maildir. It knows the system flags alone, here as keywords. What is flagged \Deleted is not there,
 * nor does it come back to the same copy when that flag goes.
 */
type HeldMessage = { mailbox: string; messageId: string | null; subject: string | null; keywords: string[] };

/** A copy of an account that Debian's mbsync keeps: an independent reader, and the peer to beat. */
export type Mbsync = {
  /** Brings the copy up to date; the first time it downloads everything. */
  sync(): Promise<void>;
  /** What the copy holds. Subjects and Message-IDs as they are in the header, folded lines joined. */
  held(): HeldMessage[];
  remove(): void;
};

const types = { none: 'None', starttls: 'STARTTLS', tls: 'IMAPS' };

const configOf = (folder: string, { config, credential }: Pick<MailServer, 'config' | 'credential'>): string => {
  if (config.protocol !== 'imap' || credential.type !== 'password')
    throw new Error('mbsync needs an IMAP server and a password');
  const { host, port, security } = config.imap;
  // It looks for names in a certificate, not for addresses.
  const named = security !== 'none' && host === '127.0.0.1' ? 'localhost' : host;
  return `FSync no
IMAPAccount there
Host ${named}
Port ${port}
User "${credential.username}"
Pass "${credential.password}"
SSLType ${types[security]}
${existsSync(`${folder}/ca.pem`) ? `CertificateFile ${folder}/ca.pem\n` : ''}
IMAPStore far
Account there

MaildirStore near
Path ${folder}/mail/
Inbox ${folder}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Sync Pull
Create Near
Remove Near
Expunge Near
CopyArrivalDate yes
SyncState *
`;
};

const flagNames: Record<string, string> = { D: '$draft', F: '$flagged', R: '$answered', S: '$seen' };

const fieldOf = (header: string, name: string): string | null =>
  new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(header)?.[1]?.trim() ?? null;

const readMessage = (folder: string, path: string): HeldMessage => {
  const [header = ''] = readFileSync(join(folder, path), 'latin1').split(/\r?\n\r?\n/, 1);
  const unfolded = header.replaceAll(/\r?\n(?=[ \t])/g, '');
  const mailbox = path.split('/').slice(0, -2).join('/');
  return {
    mailbox: iconv.decode(Buffer.from(mailbox), 'utf-7-imap'),
    messageId: fieldOf(unfolded, 'Message-ID'),
    subject: fieldOf(unfolded, 'Subject'),
    keywords: (/:2,(\w*)$/.exec(path)?.[1] ?? '')
      .split('')
      .map((letter) => flagNames[letter] ?? letter)
      .toSorted(),
  };
};

/** Prepares a copy of the account in a temp folder; `ca` is the PEM of who vouches for the server. Downloads nothing yet. */
export const prepareMbsync = (server: Pick<MailServer, 'config' | 'credential'>, ca: string | null = null): Mbsync => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-mbsync-'));
  const mail = join(folder, 'mail');
  const config = join(folder, 'mbsyncrc');
  mkdirSync(mail);
  if (ca !== null) writeFileSync(join(folder, 'ca.pem'), ca);
  writeFileSync(config, configOf(folder, server), { mode: 0o600 });
  const run = promisify(execFile);
  return {
    sync: async () => {
      await run(program, ['--config', config, '--quiet', 'all'], { timeout: 300_000 });
    },
    held: () => globSync('**/{cur,new}/*', { cwd: mail }).map((path) => readMessage(mail, path)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
