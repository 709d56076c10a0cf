import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cyrusPaths, fetchImapd } from './install.ts';

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
search_engine: none
jmap_pushpoll: 1s
smtp_backend: host
${Object.entries(settings)
  .map(([name, value]) => `${name}: ${value}\n`)
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

// Below the ports that the system hands out itself, and elsewhere for each process that starts servers,
// so that nobody takes a port between its choice and its use.
const [firstPort, ports] = [20_000, 12_000];
let nextPort = (process.pid * 16) % ports;

/** A port nobody listens on. */
const freePort = async (): Promise<number> => {
  for (;;) {
    const port = firstPort + nextPort;
    nextPort = (nextPort + 1) % ports;
    const server = createServer();
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return port;
    } catch {
      // Taken: try the next one.
    } finally {
      server.close();
    }
  }
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

/** Lets `user` sign in with `password` from now on, over both protocols. */
export const setPassword = ({ folder }: Installation, user: string, password: string): void => {
  const args = ['-p', '-c', '-f', `${folder}/sasldb2`, '-u', realm, user];
  execFileSync(cyrusPaths.saslpasswd, args, { input: `${password}\n` });
};

/** Lays out a folder under the system's temp folder, owned by the cyrus account; `settings` are more lines of imapd.conf. */
export const layOut = async (
  user: string,
  password: string,
  settings: Record<string, string>,
): Promise<Installation> => {
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
  setPassword(installation, user, password);
  const { uid, gid } = cyrusAccount();
  for (const name of ['', 'sasldb2', ...inside]) chownSync(join(folder, name), uid, gid);
  return installation;
};
