/** Providers that let in registered programs alone, by the names that settings have for them. */
export const namedProviders: Record<string, string> = { google: 'Google', microsoft: 'Microsoft' };

/** How a provider is called: by its name, else by its host. */
export const nameOfProvider = (provider: string): string =>
  namedProviders[provider] ?? URL.parse(provider)?.host ?? provider;
