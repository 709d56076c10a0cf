import sax, { type Tag as PlainTag, type QualifiedTag } from 'sax';
import { TernError } from '../../../src-shared/errors.ts';
import type { Candidate } from '../../../src-shared/setup.ts';
import { hostName } from './hosts.ts';
import type { Endpoint, Wanted } from './ports.ts';

type Auth = Candidate['auth'];

/** A server as an autoconfig file describes it, as far as Tern can use it. */
type Server = { endpoint: Endpoint; username: string; auth: Auth };

/** What an autoconfig file says; `issuer`: who signs people in. */
export type AutoconfigFile = {
  jmap: { url: URL; username: string; auth: Auth } | null;
  imap: Server | null;
  smtp: Server | null;
  issuer: string | null;
};

const DEEPEST = 20;
const MOST_SERVERS = 50;

type Tag = PlainTag | QualifiedTag;

/** An element that describes a server: its kind, and the texts of what is in it, by name. */
type Section = { kind: string; fields: Map<string, string[]> };

/**
 * Reads an autoconfig file (draft-ietf-mailmaint-autoconfig): the first server of each kind that can be reached safely and
 * signed in to; what is unknown is passed over. Throws `server` for what is no such file, and for one with a document type:
 * what that can define, nobody needs here.
 */
export const readAutoconfig = (text: string, wanted: Wanted): AutoconfigFile => {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new TernError('server', 'the file has a document type: it is not read');
  const sections = sectionsOf(text);
  const servers = sections.filter(({ kind }) => kind !== 'oAuth2');
  if (servers.length === 0) throw new TernError('server', 'the file describes no mail server');
  const fill = (value: string): string => filledIn(value, wanted);
  const first = <T>(kind: string, read: (section: Section) => T | null): T | null => {
    for (const section of servers) {
      const server = section.kind === kind ? read(section) : null;
      if (server) return server;
    }
    return null;
  };
  const issuer = sections.find(({ kind }) => kind === 'oAuth2')?.fields.get('issuer')?.[0];
  return {
    jmap: first('jmap', (section) => jmapOf(section, wanted, fill)),
    imap: first('imap', (section) => serverOf(section, wanted, fill)),
    smtp: first('smtp', (section) => serverOf(section, wanted, fill)),
    issuer: issuer === undefined ? null : issuerOf(issuer),
  };
};

/** The servers and OAuth sections of `clientConfig/emailProvider`. */
const sectionsOf = (text: string): Section[] => {
  const sections: Section[] = [];
  const path: string[] = [];
  let section: Section | null = null;
  let value = '';
  const add = (piece: string): void => {
    value += piece;
  };
  const xml = Object.assign(sax.parser(true, { trim: true }), {
    onerror: (error: Error) => {
      throw new TernError('server', 'the file is no XML that can be read', { cause: error });
    },
    onopentag: ({ name, attributes }: Tag) => {
      path.push(name);
      if (path.length > DEEPEST) throw new TernError('server', 'the file is nested too deep');
      value = '';
      if (path[0] !== 'clientConfig') throw new TernError('server', 'the file is no autoconfig file');
      if (path.length !== 3 || path[1] !== 'emailProvider') return;
      const kind = name === 'oAuth2' ? name : kindOf(name, attributes['type']);
      section = kind !== null && sections.length < MOST_SERVERS ? { kind, fields: new Map() } : null;
      if (section) sections.push(section);
    },
    ontext: add,
    oncdata: add,
    onclosetag: (name: string) => {
      if (section && path.length === 4) section.fields.set(name, [...(section.fields.get(name) ?? []), value.trim()]);
      if (path.length === 3) section = null;
      path.pop();
      value = '';
    },
  });
  xml.write(text.replace(/^\uFEFF/, '')).close();
  return sections;
};

/** 'jmap', 'imap' or 'smtp'; null for what Tern does not speak. */
const kindOf = (name: string, type: unknown): string | null => {
  if (name === 'incomingServer') return type === 'imap' || type === 'jmap' ? type : null;
  return name === 'outgoingServer' && type === 'smtp' ? type : null;
};

const securities = new Map<string, Endpoint['security']>([
  ['SSL', 'tls'],
  ['STARTTLS', 'starttls'],
]);

const serverOf = ({ fields }: Section, wanted: Wanted, fill: (value: string) => string): Server | null => {
  const only = (name: string): string => fill(fields.get(name)?.[0] ?? '');
  const host = hostName(only('hostname'));
  const port = /^\d{1,5}$/.test(only('port')) ? Number(only('port')) : 0;
  const security = securities.get(only('socketType'));
  const auth = authOf(fields.get('authentication') ?? []);
  if (host === null || port < 1 || port > 65_535 || !security || auth.length === 0) return null;
  return { endpoint: { host, port, security }, username: usernameOf(only('username'), wanted), auth };
};

const jmapOf = ({ fields }: Section, wanted: Wanted, fill: (value: string) => string): AutoconfigFile['jmap'] => {
  const url = URL.parse(fill(fields.get('url')?.[0] ?? ''));
  const auth = authOf(fields.get('authentication') ?? []);
  if (url?.protocol !== 'https:' || url.username || url.password || auth.length === 0) return null;
  return { url, username: usernameOf(fill(fields.get('username')?.[0] ?? ''), wanted), auth };
};

const ways = new Map<string, Auth[number]>([
  ['password-cleartext', 'password'],
  ['password-encrypted', 'password'],
  ['plain', 'password'],
  ['secure', 'password'],
  ['Basic', 'password'],
  ['OAuth', 'oauth'],
  ['OAuth2', 'oauth'],
  ['Bearer', 'oauth'],
]);

/** Ways to sign in that Tern knows, in the order of the file. */
const authOf = (names: readonly string[]): Auth => [...new Set(names.flatMap((name) => ways.get(name) ?? []))];

const usernameOf = (name: string, { email }: Wanted): string =>
  name === '' || name.length > 500 || /\p{Cc}/u.test(name) ? email : name;

const filledIn = (value: string, { email, local, domain }: Wanted): string =>
  value.replaceAll(/%(EMAILADDRESS|EMAILLOCALPART|EMAILDOMAIN)%/g, (_, name: string) => {
    if (name === 'EMAILADDRESS') return email;
    return name === 'EMAILDOMAIN' ? domain : local;
  });

/** The files say `accounts.example.org`; RFC 8414 section 2 wants an https URL. */
const issuerOf = (text: string): string | null => {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url?.protocol !== 'https:' || url.username || url.password || url.search || url.hash) return null;
  return hostName(url.hostname) === null ? null : url.href.replace(/\/$/, '');
};
