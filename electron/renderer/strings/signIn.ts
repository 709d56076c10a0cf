/** How a person signs in at servers. */
export const signIn = {
  way: 'Sign in with',
  kinds: { password: 'a password', token: 'an API token' },
  token: 'API token',
  tokenHint: 'Your provider makes one for you in its settings, for programs like this.',
  or: 'or',
  out: 'Sending needs another user name or password',
  outTitle: 'For sending (SMTP)',
  outUsername: 'User name for sending',
  outPassword: 'Password for sending',
};
