import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';
import { skipWithout } from '../servers/skipWithout.ts';

const EXECUTABLE = '/usr/bin/chromium';

/** Why there is no browser to test with; null where there is one. */
export const chromiumAvailable = (): string | null => (existsSync(EXECUTABLE) ? null : `there is no ${EXECUTABLE}`);

/** What `test` is given where a browser is needed: without one the test is skipped loudly, or fails where it must be there. */
export const withChromium = (what: string): { skip: string | false } => ({
  skip: skipWithout(chromiumAvailable(), what),
});

/** Debian's Chromium without a window. `scrollbars`: with those that a window has. */
export const launchChromium = ({ scrollbars = false } = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    ...(scrollbars ? { ignoreDefaultArgs: ['--hide-scrollbars'] } : {}),
    args: [
      '--no-sandbox',
      '--autoplay-policy=no-user-gesture-required',
      // Hundreds of frames with a sandbox would be as many processes.
      '--disable-features=IsolateSandboxedIframes',
    ],
  });
