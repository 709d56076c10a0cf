import type { Contents, PageSession } from './electronApi.ts';

/** What every page is refused, whatever it shows: the checklist of docs/security.md. */

/** Where requests of a page would end that nothing else had stopped. No address is left out, loopback neither. */
const DEAD_PROXY = {
  mode: 'fixed_servers',
  proxyRules: 'tern-has-no-network.invalid:9',
  proxyBypassRules: '<-loopback>',
} as const;

/** A session without permissions, devices or a network: only addresses of these schemes are let through, and no words checked unless `spells`. */
export const guardSession = (session: PageSession, schemes: readonly string[], spells = false): void => {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  session.setSpellCheckerEnabled(spells);
  void session.setProxy(DEAD_PROXY);
  session.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !schemes.some((scheme) => url.startsWith(`${scheme}:`)) }),
  );
};

/** A page that stays where it was put and opens nothing: where it wants to lead is told to `follow`, which asks the person. */
export const guardContents = (contents: Contents, follow: (url: string) => void): void => {
  contents.setWindowOpenHandler(({ url }) => {
    follow(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
};
