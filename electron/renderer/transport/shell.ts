/** A box of the window, in its CSS pixels. */
export type Bounds = { x: number; y: number; width: number; height: number };

/** What the window asks of the desktop shell around it. In a browser there is none. */
export type ShellCalls = {
  /** The window can hear: what waited for it comes now. `weakSecrets`: the system has no password store that protects. */
  'shell.ready': { input: Record<string, never>; output: { weakSecrets: boolean } };
  /** Where the message that `host.view` made ready is shown; null hides it. */
  'shell.place': { input: { url: string; bounds: Bounds | null }; output: unknown };
  'shell.close': { input: { url: string }; output: unknown };
  /** Opens a web address in the system browser if the person agrees. */
  'shell.link': { input: { url: string }; output: unknown };
};

/** What the desktop shell tells the window, beside the events of the contract. */
export type ShellEvents = {
  /** A new message is wanted, by a `mailto:` link (RFC 6068): nothing of it is sent by itself. */
  'shell.compose': {
    to: { email: string }[];
    cc: { email: string }[];
    bcc: { email: string }[];
    subject: string;
    body: string;
  };
  /** A notification was clicked. */
  'shell.open': { account: string; email: string; thread: string };
  /** An entry of the menu. */
  'shell.command': { name: 'compose' | 'search' | 'settings' | 'help' };
};
