import type { AuthorizationServer } from 'oauth4webapi';
import { parseSessionUrl } from '../../../src-shared/hosts.ts';
import type { Config } from '../../../src-shared/model.ts';

/** A provider whose ways are known: what its metadata (RFC 8414) does not say, or says wrong. */
export type Provider = {
  /** By which its client id is asked for. */
  name: string;
  issuer: string;
  /** Mail servers that are its own. */
  hosts: RegExp;
  /** What is needed for IMAP, SMTP and JMAP, and to be told who signed in. */
  scopes: string[];
  /** What its authorization endpoint wants besides. */
  params: Record<string, string>;
  /** Its metadata, where asking for it leads to nothing that can be believed. */
  server?: AuthorizationServer;
};

/** Providers at which only registered programs are let in: the person brings a client id. */
export const knownProviders: readonly Provider[] = [
  {
    name: 'google',
    issuer: 'https://accounts.google.com',
    hosts: /^(?:imap|smtp)\.(?:gmail|googlemail)\.com$/,
    scopes: ['https://mail.google.com/', 'openid', 'email'],
    // Without both there is no refresh token from the second sign-in on.
    params: { access_type: 'offline', prompt: 'consent' },
  },
  {
    name: 'microsoft',
    issuer: 'https://login.microsoftonline.com/common/v2.0',
    hosts: /^(?:(?:outlook|smtp)\.office365|(?:imap|smtp)-mail\.outlook|outlook\.office)\.com$/,
    scopes: [
      'https://outlook.office.com/IMAP.AccessAsUser.All',
      'https://outlook.office.com/SMTP.Send',
      'offline_access',
      'openid',
      'email',
    ],
    params: { prompt: 'select_account' },
    // Its metadata names an issuer with a hole in it, `{tenantid}`, which is nobody's.
    server: {
      issuer: 'https://login.microsoftonline.com/common/v2.0',
      authorization_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
      token_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    },
  },
];

/** Scopes by which servers let mail be read and sent, and tell who signed in; of a server's own list, these are asked for. */
export const mailScopes = [
  // The OAuth profile for open public clients (draft-ietf-mailmaint-oauth-public).
  'urn:ietf:params:oauth:scope:mail',
  // RFC 8620 and RFC 8621, where a scope is a capability.
  'urn:ietf:params:jmap:core',
  'urn:ietf:params:jmap:mail',
  'urn:ietf:params:jmap:submission',
  'offline_access',
  'openid',
  'email',
];

const hostsOf = (config: Config): string[] => {
  if (config.protocol === 'imap') return [config.imap.host, config.smtp.host];
  return [parseSessionUrl(config.sessionUrl)?.hostname ?? ''];
};

/** An issuer as autoconfig files have it, some without the scheme; null for what is none (RFC 8414 section 2). */
export const issuerUrl = (text: string): URL | null => {
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  return url && !url.search && !url.hash && !url.username && !url.password ? url : null;
};

/** The provider that an issuer, or else a mail server, belongs to. */
export const providerOf = (
  providers: readonly Provider[],
  { issuer, config }: { issuer: string | null; config: Config },
): Provider | null => {
  const named = issuer === null ? null : issuerUrl(issuer);
  return (
    providers.find((each) =>
      named
        ? new URL(each.issuer).host === named.host
        : hostsOf(config).some((host) => each.hosts.test(host.toLowerCase())),
    ) ?? null
  );
};
