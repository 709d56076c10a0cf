import { bearerIn, letsIn, tokenRefusal } from '../oauth/tokenCheck.ts';
import { announced } from './announced.ts';
import type { Capability } from './capabilities.ts';
import { bad, no } from './refusal.ts';
import type { Session } from './session.ts';
import { stringOf } from './text.ts';
import type { Args } from './tokens.ts';
import { type Reply, signedIn, type Verb } from './verb.ts';

const enter = (session: Session, right: boolean): Reply => {
  const { faults, sessions } = session.site;
  if (!right) throw no('Authentication failed', 'AUTHENTICATIONFAILED');
  const { connections } = faults;
  if (connections && sessions.size > connections.limit) throw no('Too many connections', 'LIMIT');
  session.signedIn = true;
  return { text: 'Logged in', code: `CAPABILITY ${announced(session)}` };
};

const isPassword = ({ site }: Session, username: string, password: string): boolean =>
  username === site.signIn.username && password === site.signIn.password;

const mayPassWord = (session: Session): void => {
  if (session.site.security === 'starttls' && !session.encrypted) throw no('Encrypt first', 'PRIVACYREQUIRED');
};

const login = (session: Session, args: Args): Reply => {
  mayPassWord(session);
  const [username, password] = [args.astring(), args.astring()];
  args.end();
  return enter(session, isPassword(session, username, password));
};

/** A challenge, and what the client answers. */
const ask = async (session: Session, challenge: string): Promise<string | null> => {
  session.out.write(`+ ${challenge}\r\n`);
  session.out.flush();
  return session.reader.line();
};

/** By OAUTHBEARER (RFC 7628) or XOAUTH2: a refusal comes as a challenge first. */
const isBearer = async (session: Session, response: string): Promise<boolean> => {
  const said = bearerIn(response);
  if (said && (await letsIn(session.site.signIn, said.username, said.bearer))) return true;
  await ask(session, tokenRefusal);
  return false;
};

const authenticate = async (session: Session, args: Args): Promise<Reply> => {
  mayPassWord(session);
  const mechanism = args.upper();
  if (!['PLAIN', ...session.site.tokenMechanisms].includes(mechanism)) throw no('Unsupported mechanism', 'CANNOT');
  let response: string | null = null;
  if (!args.done()) {
    if (!session.site.capabilities.has('SASL-IR')) throw bad('An initial response was not offered');
    response = args.atom();
  } else {
    response = await ask(session, '');
  }
  if (response === null || response === '*') throw bad('Authentication cancelled');
  const text = Buffer.from(response, 'base64').toString();
  const [, username = '', password = ''] = text.split('\0');
  return enter(
    session,
    mechanism === 'PLAIN' ? isPassword(session, username, password) : await isBearer(session, text),
  );
};

const startTls = (session: Session): Reply => {
  const { faults, security } = session.site;
  if (security !== 'starttls' || session.encrypted || faults.startTls === 'stripped') throw bad('Unknown command');
  const injected = '\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN INJECTED\r\n* OK [ALERT] injected';
  return {
    text: `Begin TLS negotiation now${faults.startTls === 'injected' ? injected : ''}`,
    after: () => session.startTls(),
  };
};

const enable = (session: Session, args: Args): Reply => {
  const enabled: string[] = [];
  if (args.done()) throw bad('Nothing to enable');
  while (!args.done()) {
    const name = args.upper() as Capability;
    if (!['CONDSTORE', 'QRESYNC', 'UTF8=ACCEPT'].includes(name) || !session.site.capabilities.has(name)) continue;
    session.enabled.add(name);
    if (name !== 'UTF8=ACCEPT') session.condstore = true;
    enabled.push(name);
  }
  session.out.write(`* ENABLED${enabled.map((name) => ` ${name}`).join('')}\r\n`);
  return 'Enabled';
};

const logout = (session: Session): Reply => {
  session.out.write('* BYE Logging out\r\n');
  const after = () => {
    session.ended = true;
  };
  return { text: 'Bye', after };
};

const simple = (run: (session: Session, args: Args) => Reply | Promise<Reply>, where: Verb['where']): Verb => ({
  where,
  needs: [],
  run,
});

/** Who is there, and what both sides can do. */
export const accessCommands: Record<string, Verb> = {
  CAPABILITY: simple((session) => {
    session.out.write(`* CAPABILITY ${announced(session)}\r\n`);
    return 'Capabilities listed';
  }, 'any'),
  NOOP: simple(() => 'Nothing done', 'any'),
  LOGOUT: simple(logout, 'any'),
  STARTTLS: simple(startTls, 'fresh'),
  LOGIN: simple(login, 'fresh'),
  AUTHENTICATE: simple(authenticate, 'fresh'),
  ID: {
    where: 'any',
    needs: ['ID'],
    run: (session) => {
      session.out.write('* ID ("name" "Tern test server")\r\n');
      return 'Identified';
    },
  },
  ENABLE: signedIn(enable, 'ENABLE'),
  NAMESPACE: signedIn((session) => {
    session.out.write(`* NAMESPACE (("" ${stringOf(session.site.account.delimiter)})) NIL NIL\r\n`);
    return 'Namespaces listed';
  }, 'NAMESPACE'),
};
