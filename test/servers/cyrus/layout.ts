import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../freePort.ts';
import { cyrusPaths, fetchImapd, squatter } from './install.ts';

/** A folder laid out for one Cyrus, with its configuration and free ports. */
export type Installation = { folder: string; httpPort: number; imapPort: number };

const realm = 'mail.example.test';

const imapdConf = (folder: string, settings: Record<string, string>): string => `configdirectory: ${folder}/conf
partition-default: ${folder}/mail
defaultpartition: default
sievedir: ${folder}/conf/sieve
httpmodules: jmap
conversations: yes
virtdomains: userid
defaultdomain: example.test
servername: ${realm}
admins: admin
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: ${folder}/sasldb2
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
altnamespace: yes
unixhierarchysep: yes
autocreate_quota: 0
autocreate_post: yes
autocreate_inbox_folders: Sent|Drafts|Trash|Junk|Archive
autocreate_subscribe_folders: Sent|Drafts|Trash|Junk|Archive
xlist-sent: Sent
xlist-drafts: Drafts
xlist-trash: Trash
xlist-junk: Junk
xlist-archive: Archive
jmap_pushpoll: 1s
imapidlepoll: 1s
smtp_backend: host
${Object.entries({ search_engine: 'none', ...settings })
  .map(([name, value]) => `${name}: ${value.replaceAll('{folder}', folder)}\n`)
  .join('')}`;

const cyrusConf = ({ folder, httpPort, imapPort }: Installation): string => {
  const config = `-C ${folder}/imapd.conf`;
  return `START {
  recover cmd="${cyrusPaths.recover} ${config} -r"
}
SERVICES {
  http cmd="${cyrusPaths.httpd} ${config}" listen="127.0.0.1:${httpPort}" prefork=4
  imap cmd="${folder}/imapd ${config}" listen="127.0.0.1:${imapPort}" prefork=2
  lmtp cmd="${cyrusPaths.lmtpd} ${config}" listen="${folder}/socket/lmtp" prefork=0
}
EVENTS {
}
`;
};

/** Uid and gid of the account that Cyrus drops to. */
const cyrusAccount = (): { uid: number; gid: number } => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('cyrus:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('this machine has no cyrus account');
  return { uid: Number(uid), gid: Number(gid) };
};

/** Brings the index that Xapian searches up to date, as Debian does by and by. */
export const indexWords = ({ folder }: Pick<Installation, 'folder'>): void =>
  void execFileSync(squatter, ['-C', `${folder}/imapd.conf`], { ...cyrusAccount(), stdio: 'ignore' });

/** Lets `user` sign in with `password` from now on, over both protocols. */
export const setPassword = ({ folder }: Installation, user: string, password: string): void => {
  const args = ['-p', '-c', '-f', `${folder}/sasldb2`, '-u', realm, user];
  execFileSync(cyrusPaths.saslpasswd, args, { input: `${password}\n` });
  const { uid, gid } = cyrusAccount();
  chownSync(join(folder, 'sasldb2'), uid, gid);
};

/** Ends what a user is signed in to over IMAP, as providers do when a password is changed. */
export const signOut = ({ folder }: Installation, user: string): void => {
  const sessions = join(folder, 'conf/proc');
  for (const pid of readdirSync(sessions)) {
    // Protocol, peer, user, mailbox, command.
    const session = readFileSync(join(sessions, pid), 'utf8').split('\t');
    if (session[0] === 'imap' && session[2] === user) process.kill(Number(pid), 'SIGTERM');
  }
};

/** Lays out a folder under the system's temp folder, owned by the cyrus account; `settings` are more lines of imapd.conf. */
export const layOut = async (settings: Record<string, string>): Promise<Installation> => {
  const imapd = await fetchImapd();
  const folder = mkdtempSync(join(tmpdir(), 'tern-cyrus-'));
  const installation = { folder, httpPort: await freePort(), imapPort: await freePort() };
  const inside = [
    'conf',
    'mail',
    'socket',
    ...['db', 'socket', 'proc', 'log', 'msg', 'quota', 'user', 'sieve'].map((name) => `conf/${name}`),
  ];
  for (const name of inside) mkdirSync(join(folder, name));
  copyFileSync(imapd, join(folder, 'imapd'));
  chmodSync(join(folder, 'imapd'), 0o755);
  writeFileSync(join(folder, 'imapd.conf'), imapdConf(folder, settings));
  writeFileSync(join(folder, 'cyrus.conf'), cyrusConf(installation));
  const { uid, gid } = cyrusAccount();
  for (const name of ['', ...inside]) chownSync(join(folder, name), uid, gid);
  return installation;
};
