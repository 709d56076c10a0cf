import { TernError } from '../../src-shared/errors.ts';

/** What is said of a server that refuses to sign somebody in, or that cannot be reached, and what helps then. */
type Advice = [said: RegExp, advice: string];

/** What is the same with a password and with a token. */
const switchedOff: Advice[] = [
  [
    /not enabled for imap|imap[\w ]*\b(?:disabled|not enabled|switched off|not activated)|enable imap|pop3\/imap|access rights to this service/i,
    "IMAP is switched off for this account: switch it on in the provider's webmail, then try again.",
  ],
  [
    /smtpclientauthentication is disabled|\b5\.7\.139\b/i,
    'Sending by SMTP is switched off for this account: whoever runs its mail has to switch it on.',
  ],
];

/** What providers say when the user name is right, and more is wanted than another password. */
const refusals: Advice[] = [
  [
    /application-specific|app[- ]?(?:specific )?password|authori[sz]ation code|185833|\b5\.7\.9\b/i,
    "The provider wants an app password: make one in its security settings and enter that, not the account's password.",
  ],
  ...switchedOff,
  [
    /via (?:your|a|the) (?:web )?browser|web ?login|unsafe login|\b5\.7\.14\b/i,
    'The provider wants to see you first: sign in once on its web page, then try again.',
  ],
  [
    /basic ?auth|modern auth|oauth|takes no passwords?/i,
    'The provider takes no passwords from mail programs: sign in by the provider instead.',
  ],
  [
    /too many|locked|try again later|temporarily/i,
    'Too many tries may have locked the account for a while: wait before the next one.',
  ],
  [/expired/i, 'The password has run out: set a new one at the provider.'],
];

/** Whose servers take app passwords alone: they do not all say so. */
const wantsAppPassword =
  /(?:^|\.)(?:(?:gmail|googlemail|google|icloud|me|aol|fastmail|messagingengine)\.com|yahoo\.[a-z.]+)$/i;

const certificates: Advice[] = [
  [/CERT_HAS_EXPIRED/, "The server's certificate has run out: its owner has to renew it."],
  [/CERT_NOT_YET_VALID/, "The server's certificate does not hold yet: check this computer's clock."],
  [/ALTNAME/, "The certificate is another server's: check the server's name."],
  [/SIGNED|ISSUER|UNABLE_TO_VERIFY|UNTRUSTED/, 'Nobody whom this computer trusts has signed the certificate.'],
  [/STARTTLS failed/, 'There is no STARTTLS on this port: choose TLS, or another port.'],
  [
    /EPROTO|WRONG_VERSION|SSL|TLS/,
    'The server does not begin with TLS on this port: choose STARTTLS, or another port.',
  ],
];

const unreached: Advice[] = [
  [/ECONNREFUSED/, "Nothing listens there: check the server's name and port."],
  [/name is not known/, "Check the server's name."],
  [
    /does not answer|did not answer|TIMEOUT|TIMEDOUT/,
    'Check the port and the kind of encryption, or whether this network lets nobody through.',
  ],
];

const answers: Advice[] = [
  [/does not answer as|web page|not JSON|JMAP session/, 'Another service answers there: check the address and port.'],
];

const found = (advice: Advice[], text: string): string | undefined => advice.find(([said]) => said.test(text))?.[1];

/** Whether a refusal could mean that the user name is wanted in another form: nothing else is said. */
export const mayBeTheName = ({ kind, message }: TernError): boolean =>
  kind === 'auth' && found(refusals, message) === undefined;

/** 'token': no password was tried, but a token. */
type Names = readonly string[] | 'token';

const byKind = ({ kind, message }: TernError, host: string, names: Names): string | undefined => {
  switch (kind) {
    case 'auth': {
      if (names === 'token') return found(switchedOff, message) ?? 'Sign in again by the provider.';
      const tried = names.length > 1 ? ` It was tried as ${names.join(' and as ')}.` : '';
      const app = wantsAppPassword.test(host) ? ' This provider wants an app password.' : '';
      return found(refusals, message) ?? `Check the user name and the password.${tried}${app}`;
    }
    case 'tls':
      return found(certificates, message);
    case 'network':
      return found(unreached, message);
    case 'notFound':
      return "Check the server's address.";
    case 'server':
      // Some refuse in other words than those for it.
      return found(answers, message) ?? found(names === 'token' ? switchedOff : refusals, message);
    default:
      return undefined;
  }
};

/** The error with what a person can do about it; `names`: the user names that were tried at `host` with the password. */
export const advised = (error: TernError, host: string, names: Names): TernError => {
  const advice = byKind(error, host, names);
  if (advice === undefined) return error;
  const { kind, message, retryAfter, detail } = error;
  return new TernError(kind, `${message}${/[.!?]$/.test(message) ? '' : '.'} ${advice}`, {
    retryAfter,
    detail,
    cause: error,
  });
};
