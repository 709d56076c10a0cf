import { follow, signInAddress, type Ways } from '../src-main/desktop/links.ts';
import type { ElectronApi } from './electronApi.ts';

/** Follows a link of the window or of a message. */
export const followLink = (
  { dialog, shell }: ElectronApi,
  url: string,
  ways: Pick<Ways, 'compose' | 'wordsOf'>,
): Promise<void> =>
  follow(url, {
    ...ways,
    ask: (question) => dialog.showMessageBox(question),
    open: (address) => shell.openExternal(address),
  });

/** Opens a page that the person asked for by signing in. Throws `forbidden` for anything but https. */
export const browse = async ({ shell }: ElectronApi, url: string): Promise<void> =>
  shell.openExternal(signInAddress(url));
