import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateKind, makeCertificate } from '../certificates.ts';
import { freePort } from '../freePort.ts';
import { type CapabilitySet, leftBy } from './capabilities.ts';

/** How a Dovecot is laid out; what each means is said where they are taken, in `startDovecot`. */
export type LayoutOptions = {
  capabilities: CapabilitySet;
  security: 'plain' | 'starttls' | 'tls';
  certificate: CertificateKind;
  separator: string;
  settings: Record<string, string>;
  introspection: Introspection | null;
};

/** Where it is asked whose a token is (RFC 7662), and by whom; all of it without encryption, on this machine. */
export type Introspection = { url: string; clientId: string; clientSecret: string };

/** A folder laid out for one Dovecot, its port, and the PEM of who signed its certificate, if it has one. */
export type Installation = { folder: string; port: number; ca: string | null };

/** The mailboxes that every account begins with, each with the role of its name (RFC 6154). */
const mailboxConf = ['Archive', 'Drafts', 'Junk', 'Sent', 'Trash']
  .map((name) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${name}\n  }\n`)
  .join('');

const oauthConf = (folder: string): string => `auth_mechanisms = plain oauthbearer xoauth2
passdb {
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = ${folder}/oauth2.conf
}
`;

/** Who it is says the subject of the token; one that is not active is no token. */
const introspectionConf = ({ url, clientId, clientSecret }: Introspection): string => `introspection_mode = post
introspection_url = ${url}
client_id = ${clientId}
client_secret = ${clientSecret}
force_introspection = yes
username_attribute = sub
active_attribute = active
active_value = true
`;

const conf = ({ folder, port, ca }: Installation, options: LayoutOptions): string => {
  const { capabilities, security, separator, settings, introspection } = options;
  return `base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
default_vsz_limit = 0
disable_plaintext_auth = ${security === 'plain' ? 'no' : 'yes'}
auth_failure_delay = 0
ssl = ${ca === null ? 'no' : 'required'}
${ca === null ? '' : `ssl_cert = <${folder}/cert.pem\nssl_key = <${folder}/key.pem\n`}passdb {
  driver = passwd-file
  args = scheme=PLAIN ${folder}/users
  mechanisms = plain
}
${introspection ? oauthConf(folder) : ''}userdb {
  driver = static
  args = uid=mail gid=mail home=${folder}/mail/%u
}
first_valid_uid = 1
mail_location = maildir:~/:LAYOUT=fs:INBOX=~/INBOX:INBOX=~/INBOX
mail_fsync = never
mail_max_userip_connections = 50
${capabilities === 'full' ? '' : `imap_capability = ${leftBy(capabilities)}\n`}service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    port = ${security === 'tls' ? 0 : port}
  }
  inet_listener imaps {
    port = ${security === 'tls' ? port : 0}
  }
}
service imap {
  service_count = 100
}
service anvil {
  chroot =
  # A wrong password is answered at once, however often.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
namespace inbox {
  inbox = yes
  separator = ${separator}
${mailboxConf}}
${Object.entries(settings)
  .map(([name, value]) => `${name} = ${value}\n`)
  .join('')}`;
};

const mailUser = (): { uid: number; gid: number } => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('mail:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('this machine has no mail account');
  return { uid: Number(uid), gid: Number(gid) };
};
let owner: { uid: number; gid: number } | undefined;

/** Gives a path to the account that owns all mail. */
export const ownByMail = (path: string): void => {
  owner ??= mailUser();
  chownSync(path, owner.uid, owner.gid);
};

/** Lets `user` sign in with `password`, and no other one, from now on. */
export const setPassword = ({ folder }: Installation, user: string, password: string): void => {
  const path = join(folder, 'users');
  const others = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(`${user}:`));
  // Renamed into place, so that nobody reads half of it. Dovecot reads it anew when its time (in seconds) is another one.
  writeFileSync(`${path}.new`, [...others, `${user}:${password}`, ''].join('\n'), { mode: 0o644 });
  utimesSync(`${path}.new`, 0, statSync(path).mtimeMs / 1000 + 1);
  renameSync(`${path}.new`, path);
};

/** Lays out a folder under the system's temp folder. */
export const layOut = async (options: LayoutOptions): Promise<Installation> => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-dovecot-'));
  // Dovecot's processes drop what root may do, and must still find their way in.
  chmodSync(folder, 0o755);
  for (const name of ['run', 'state', 'mail']) mkdirSync(join(folder, name));
  ownByMail(join(folder, 'mail'));
  writeFileSync(join(folder, 'users'), '', { mode: 0o644 });
  if (options.introspection)
    writeFileSync(join(folder, 'oauth2.conf'), introspectionConf(options.introspection), { mode: 0o644 });
  const ca = options.security === 'plain' ? null : makeCertificate(folder, options.certificate);
  const installation = { folder, port: await freePort(), ca };
  writeFileSync(join(folder, 'dovecot.conf'), conf(installation, options));
  return installation;
};
