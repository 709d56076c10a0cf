import type { IncomingHttpHeaders } from 'node:http';
import type { Candidate } from '../../../src-shared/setup.ts';

/** A server for a service of a domain (RFC 2782); `name` is empty where the domain says that there is none. */
export type SrvRecord = { name: string; port: number; priority: number; weight: number };

/** The domain name system. What does not exist is an empty list. Throws `network`. */
export type Resolver = {
  srv(name: string): Promise<SrvRecord[]>;
  /** Hosts that take mail for a domain, the preferred ones first. */
  mx(domain: string): Promise<string[]>;
  /** IPv4 first. */
  addresses(host: string): Promise<string[]>;
  /** Ends what is under way. */
  cancel(): void;
};

/** What a page answered; `body` is empty unless the status is 200. */
export type Page = { status: number; headers: IncomingHttpHeaders; body: string };

/**
 * One GET over https, to one of these addresses whatever the name means by now; follows nothing, sends nothing that was not
 * in the URL. Throws `network`, `tls`, `tooLarge`.
 */
export type Web = (url: URL, addresses: readonly string[], signal: AbortSignal) => Promise<Page>;

/** Where a mail server listens. */
export type Endpoint = { host: string; port: number; security: 'tls' | 'starttls' };

/** A connection in lines of text. Bytes are read only as long as somebody waits for a line. */
export type Line = {
  /** The next line without its end. Throws `network` when there is none, `server` when it is too long. */
  read(): Promise<string>;
  write(line: string): void;
  /** Goes on in TLS. Throws `tls`, also where the server said more than it was asked before. */
  secure(): Promise<void>;
  close(): void;
};

/** Connects to one of these addresses, with TLS from the start for 'tls'. Throws `network`, `tls`. */
export type Dial = (to: Endpoint, addresses: readonly string[], signal: AbortSignal) => Promise<Line>;

/** All by which discovery reaches the world. */
export type Ports = { resolver: Resolver; web: Web; dial: Dial };

/** What is looked for: an address as it goes over the wire, and its parts. */
export type Wanted = { email: string; local: string; domain: string };

/** A candidate; `isDoubtful` where its server was to answer, and did not. */
export type Finding = { candidate: Candidate; isDoubtful?: boolean };

/** What a look at one source brought. */
export type Look = {
  findings?: Finding[];
  /** Where nothing was found, or something is missing. */
  reason?: string;
  /** What else to ask by what was learned. */
  more?: Probe[];
  /** Half of a candidate: the other half is to be guessed. */
  half?: { imap?: Endpoint; smtp?: Endpoint };
  /** What the domain says it does not have: nobody guesses it. */
  denied?: Kind[];
};

/** A kind of server. */
export type Kind = 'jmap' | 'imap' | 'smtp';

/** A question to one source. It throws where it fails; `notFound` where there is simply nothing. */
export type Probe = {
  source: Candidate['source'];
  target: string;
  look: (signal: AbortSignal) => Promise<Look>;
};
