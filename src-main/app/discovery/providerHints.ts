/** Where the person's own password opens nothing. */
export const appPassword = (provider: string, page: string): string =>
  `${provider} wants an app password in place of your own: make one at ${page}`;

/** Where a way in is closed until the person opens it. */
export const switchOn = (what: string, provider: string): string =>
  `${what} has to be switched on first, in the settings of ${provider}`;
